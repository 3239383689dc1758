"""The detail pane: everything about one message or one callback, one panel a file.

`content`, `json_nodes`, `raw_text`, `timeline_rows` and `wording` are plain Python; the rest are widgets
that show what they are handed. Nothing here reads a session by itself but `content.load_message` and `load_callback`.
"""
