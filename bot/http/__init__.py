"""The web process: one ASGI application. For now it says whether Legwork lives and can work."""
