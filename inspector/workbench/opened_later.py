"""What pages and dialogs are made of, read in beside the loop once everything else stands.

To read them in takes two to five times as long as to make them, and would hold the window up when the first is opened.
"""

# ruff: noqa: F401 - all of these are only to be loaded

import inspector.callbacks.signature_doctor
import inspector.capture.rest_api
import inspector.capture.tunnel.providers
import inspector.session.gathering
import inspector.ui.detail.view
import inspector.ui.dialogs.of_window
import inspector.ui.dialogs.trouble
import inspector.ui.progress
import inspector.ui.workbench.address_page
import inspector.ui.workbench.compare_window
import inspector.ui.workbench.edit_request
import inspector.ui.workbench.export_flow
import inspector.ui.workbench.insight_page
import inspector.ui.workbench.note_dialog
import inspector.ui.workbench.notifications_dialog
import inspector.ui.workbench.redaction_preview
import inspector.ui.workbench.replay_window
import inspector.ui.workbench.replies_page
import inspector.ui.workbench.rule_editor
import inspector.ui.workbench.signalwire_page
import inspector.ui.workbench.signing_key_dialog
import inspector.ui.workbench.simulate_page
import inspector.workbench.log_check
import inspector.workbench.replay_run
import inspector.workbench.signalwire_log
import inspector.workbench.signalwire_sending
import inspector.workbench.signature_check
