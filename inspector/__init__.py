"""Callback Inspector: a desktop window that receives and explains SignalWire message status callbacks."""

__version__ = "0.1.0"
