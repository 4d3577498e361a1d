package io.shoal.inference;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The models that can be asked, as they are now. Thread-safe; asked once per request. */
@FunctionalInterface
public interface ServedModels {
  /**
   * Every version that is ready. Of the versions of one name the first is the one that decides now.
   */
  List<ServedModel> ready();

  /**
   * The version that a request asks for.
   *
   * @param version null or empty for the one that decides now
   */
  default ServedModel find(String name, @Nullable String version) {
    List<ServedModel> ready = ready();
    for (ServedModel model : ready) {
      if (model.name().equals(name)
          && (version == null || version.isEmpty() || model.version().equals(version))) {
        return model;
      }
    }
    if (ready.isEmpty()) {
      throw new NoModelYetException("no model is ready yet; try again later");
    }
    List<String> known = ready.stream().map(m -> m.name() + "/" + m.version()).toList();
    throw new UnknownModelException(
        "no model '%s'%s; ready: %s"
            .formatted(
                name,
                version == null || version.isEmpty() ? "" : " in version '" + version + "'",
                String.join(", ", known)));
  }
}
