"""The window in use under mixed load for as long as one likes: does anything grow, or get lost?"""
