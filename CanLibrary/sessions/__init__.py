"""What is open: buses, connections, who owns them, and when they close."""
