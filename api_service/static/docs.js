// The validator badge is the only thing Swagger UI would fetch from elsewhere.
window.ui = SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
});
