"""HTTP infrastructure for all resources: blueprints, problem details, uploads, paging, limits, gunicorn worker.

Nothing here is specific to one resource.
"""
