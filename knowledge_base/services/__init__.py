"""What others ask of the knowledge base."""
