"""HTTP in and out: the server that captures callbacks, forwarding, the simulator.

May import aiohttp, inspector.callbacks, inspector.session and the Qt-free part of inspector.runtime. No Qt.
"""
