"""Every way in: parse what came, call the wallet once, and speak. Nothing here opens a transaction."""
