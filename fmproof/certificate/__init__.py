"""Certificates: a proof as data, to be checked by a program that shares no code with the kernel."""
