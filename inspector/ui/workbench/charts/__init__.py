"""Charts painted by hand: a few bars and lines need no plotting library, which would bring numpy along.

They may import what all of `ui/` may.
"""
