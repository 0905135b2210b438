"""The frame of the API: blueprints, problem details, uploads, paging, limits, the server. It knows no noun."""
