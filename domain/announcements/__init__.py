"""What whoever runs the installation tells everybody, each in their private chat, once."""
