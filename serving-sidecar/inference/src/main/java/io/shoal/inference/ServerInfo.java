package io.shoal.inference;

import java.util.List;
import java.util.Objects;

/** What the server says of itself and its models. */
final class ServerInfo {
  static final String NAME = "shoal";
  static final String VERSION =
      Objects.requireNonNullElse(
          ServerInfo.class.getPackage().getImplementationVersion(), "development");
  static final String PLATFORM = "shoal_kmeans";

  /** How the metadata names the tensor of rows; requests may call it otherwise. */
  static final String INPUT = "input";

  private ServerInfo() {}

  /** The versions of a model that are ready, the one that decides first. */
  static List<String> versions(ServedModels models, ServedModel of) {
    return models.ready().stream()
        .filter(model -> model.name().equals(of.name()))
        .map(ServedModel::version)
        .toList();
  }
}
