"""What the Rasa server loads: channels, understanding, answers in the person's language. Imports nothing of ``actions``."""
