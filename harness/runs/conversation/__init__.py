"""Conversation_tmp."""
