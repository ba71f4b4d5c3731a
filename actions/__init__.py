"""The rasa-sdk action server of KIM-Lotse.

The modules at the top are the actions, one per journey; they translate between Rasa and the services and hold no logic.
Below them: ``services`` (use cases), ``model`` (rules and values), ``adapters`` (database, HTTP, files).
``model`` and ``services`` import neither ``rasa`` nor ``rasa_sdk``.
"""
