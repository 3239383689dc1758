"""Tunnels: programs of others that give the address listened at a public one, run as child processes.

May import what capture/ may.
"""
