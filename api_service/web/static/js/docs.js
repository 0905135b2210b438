// The validator badge is the only thing Swagger UI would fetch from elsewhere.
window.ui = SwaggerUIBundle({
  url: "/api/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  // A session proves with this that the request comes from here; only the server that gave it may see it.
  requestInterceptor: (request) => {
    if (new URL(request.url, location).origin === location.origin) {
      request.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
    }
    return request;
  },
});
