"""A door for programs: one table of verbs, which REST (ui/server/api) and MCP (aecore/cli/assistants) both serve."""
