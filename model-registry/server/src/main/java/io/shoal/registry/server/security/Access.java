package io.shoal.registry.server.security;

import java.util.Set;

/** Which role a request needs. What is not named here only an admin may do. */
final class Access {
  private static final Set<String> OPEN = Set.of("/api", "/api/v1/openapi.yaml");
  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final String MLFLOW = "/api/2.0/mlflow/";

  private Access() {}

  static Role needed(String method, String path) {
    // Whatever is worth protecting stands under /api; the rest is pages and probes.
    boolean page = !path.startsWith("/api/") && READING.contains(method);
    if (page || OPEN.contains(path)) {
      return Role.NONE;
    }
    if (path.startsWith("/api/v1/webhooks")) {
      return Role.ADMIN;
    }
    return switch (method) {
      case "GET", "HEAD" -> Role.READER;
      case "DELETE" -> deleting(path);
      case "POST", "PUT", "PATCH" -> writing(path);
      default -> Role.ADMIN;
    };
  }

  private static Role deleting(String path) {
    if (path.contains("/aliases/") || path.equals(MLFLOW + "registered-models/alias")) {
      return Role.PROMOTER;
    }
    return path.startsWith(MLFLOW) && path.endsWith("/delete-tag") ? Role.PUBLISHER : Role.ADMIN;
  }

  private static Role writing(String path) {
    if (path.startsWith(MLFLOW)) {
      return switch (path.substring(MLFLOW.length())) {
        case "registered-models/get-latest-versions" -> Role.READER;
        case "registered-models/alias", "model-versions/transition-stage" -> Role.PROMOTER;
        default -> Role.PUBLISHER;
      };
    }
    if (path.contains("/aliases/") || path.contains("/requests")) {
      return Role.PROMOTER;
    }
    return path.startsWith("/api/v1/models/") || path.startsWith("/api/v1/console/")
        ? Role.PUBLISHER
        : Role.ADMIN;
  }
}
