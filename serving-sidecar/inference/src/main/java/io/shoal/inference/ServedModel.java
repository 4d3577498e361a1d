package io.shoal.inference;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.InvalidVectorException;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import java.util.Arrays;
import java.util.List;

/** One version of a model, ready to score rows. Immutable, thread-safe. */
public final class ServedModel {
  private static final ThreadLocal<Workspace> WORKSPACES = ThreadLocal.withInitial(Workspace::new);

  private final String name;
  private final String version;
  private final List<String> features;
  private final AnomalyScorer scorer;
  private final boolean labelled;
  private final int clusters;

  /** What a thread needs to score without allocating per row. */
  private static final class Workspace {
    private final Score score = new Score();
    private float[] row = new float[0];
  }

  /**
   * Makes a model ready.
   *
   * @param name and version by which requests ask for it
   * @param features names {@code [d]}, in the order of the rows
   * @throws IllegalArgumentException when the number of names is wrong
   */
  public ServedModel(String name, String version, KMeansModelData model, List<String> features) {
    if (features.size() != model.dimension()) {
      throw new IllegalArgumentException(
          "%s %s has %d features, %d are named"
              .formatted(name, version, model.dimension(), features.size()));
    }
    this.name = name;
    this.version = version;
    this.features = List.copyOf(features);
    this.scorer = new AnomalyScorer(model);
    this.labelled = Arrays.stream(model.fraudWeights()).sum() > 0;
    this.clusters = model.clusters();
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its version, as text. */
  public String version() {
    return version;
  }

  /** Names of the features, {@code [d]}. */
  public List<String> features() {
    return features;
  }

  /** Number of features, d. */
  public int dimension() {
    return features.size();
  }

  /** Number of clusters, k. */
  public int clusters() {
    return clusters;
  }

  /** Whether it has seen labels, without which it knows no risk. */
  public boolean labelled() {
    return labelled;
  }

  /**
   * Scores rows.
   *
   * @param rows {@code [n * d]}, row-major, in feature units
   * @throws InvalidRequestException when a value is NaN or infinite, with row and feature
   */
  ScoredRows score(float[] rows) {
    int d = dimension();
    ScoredRows out = new ScoredRows(this, rows.length / d);
    Workspace workspace = WORKSPACES.get();
    if (workspace.row.length < d) {
      workspace.row = new float[d];
    }
    for (int i = 0; i < out.size(); i++) {
      System.arraycopy(rows, i * d, workspace.row, 0, d);
      try {
        scorer.score(workspace.row, workspace.score);
      } catch (InvalidVectorException e) {
        throw new InvalidRequestException(
            "row %d, feature '%s': the value must be finite".formatted(i, features.get(e.index())),
            e);
      }
      out.set(i, workspace.score);
    }
    return out;
  }
}
