package io.shoal.console.http;

import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.ProducesJson;
import io.shoal.console.model.Explainer;
import io.shoal.console.model.Explainer.Explanation;
import io.shoal.console.model.VersionCache;
import io.shoal.console.model.VersionCache.Content;
import io.shoal.console.store.PredictionRow;
import io.shoal.console.store.Predictions;
import io.shoal.console.store.Shadows;
import io.shoal.console.store.Shadows.Shadow;
import io.shoal.console.stream.SourceLookup;
import io.shoal.features.FeatureSet;
import io.shoal.kmeans.InvalidVectorException;
import io.shoal.registry.server.store.RegistryException;
import io.shoal.registry.server.store.RegistryException.Code;
import io.shoal.schemas.FloatArrays;
import io.shoal.schemas.avro.FeatureVector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** All that is known of one transaction. */
@ProducesJson
public final class TransactionApi {
  private final Predictions predictions;
  private final Shadows shadows;
  private final SourceLookup lookup;
  private final VersionCache versions;
  private final List<FeatureSet> featureSets;

  /** The API over these. */
  public TransactionApi(
      Predictions predictions,
      Shadows shadows,
      SourceLookup lookup,
      VersionCache versions,
      List<FeatureSet> featureSets) {
    this.predictions = predictions;
    this.shadows = shadows;
    this.lookup = lookup;
    this.versions = versions;
    this.featureSets = List.copyOf(featureSets);
  }

  /**
   * A transaction.
   *
   * @param source fields of the original record; null when Kafka has it no more
   * @param features all that were computed, by name; null when Kafka has them no more
   * @param explanation null without features or without the version's artifact
   * @param missing what could not be shown and why, for people
   */
  record View(
      PredictionRow prediction,
      @Nullable Map<String, Object> source,
      @Nullable Map<String, @Nullable Double> features,
      @Nullable Explanation explanation,
      List<String> missing,
      List<Shadow> shadows) {}

  @Get("/transaction")
  public View transaction(@Param String id) {
    PredictionRow row =
        predictions
            .find(id)
            .orElseThrow(
                () ->
                    new RegistryException(
                        Code.RESOURCE_DOES_NOT_EXIST,
                        "no prediction of transaction '"
                            + id
                            + "' is kept here; the newest are (console.predictions.max)"));
    List<String> missing = new ArrayList<>();
    Map<String, Object> source = null;
    FeatureVector vector = null;
    try {
      source =
          lookup.source(row.sourceTopic(), row.sourcePartition(), row.sourceOffset()).orElse(null);
      vector = lookup.vector(id, row.partition(), row.at()).orElse(null);
    } catch (KafkaException e) {
      missing.add("Kafka does not answer: " + e.getMessage());
    }
    if (source == null) {
      missing.add("the original record is no longer in " + row.sourceTopic());
    }
    if (vector == null) {
      missing.add("the vector is no longer in the topic of features");
    }
    return new View(
        row,
        source,
        vector == null ? null : named(vector),
        vector == null ? null : explained(row, vector, missing),
        missing,
        shadows.of(id));
  }

  private @Nullable Explanation explained(
      PredictionRow row, FeatureVector vector, List<String> missing) {
    String model = row.model();
    Long version = row.version();
    if (model == null || version == null) {
      return null;
    }
    Content content = versions.find(model, version).orElse(null);
    FeatureSet set = set(vector.getFingerprint()).orElse(null);
    if (content == null || set == null) {
      missing.add(
          content == null
              ? "the artifact of version " + version + " is gone"
              : "feature set " + vector.getFingerprint() + " is not known (features.file)");
      return null;
    }
    float[] all = FloatArrays.toArray(vector.getValues());
    int[] indexes = set.indexesOf(content.version().getFeatures());
    float[] x = new float[indexes.length];
    for (int f = 0; f < x.length; f++) {
      x[f] = all[indexes[f]];
    }
    try {
      return new Explainer(content, predictions.cut()).explain(x);
    } catch (InvalidVectorException e) {
      missing.add("the vector cannot be scored: " + e.getMessage());
      return null;
    }
  }

  private Map<String, @Nullable Double> named(FeatureVector vector) {
    List<String> names = set(vector.getFingerprint()).map(FeatureSet::names).orElse(List.of());
    Map<String, @Nullable Double> named = new LinkedHashMap<>();
    List<Float> values = vector.getValues();
    for (int f = 0; f < values.size(); f++) {
      double value = values.get(f);
      named.put(
          f < names.size() ? names.get(f) : "f" + (f + 1), Double.isFinite(value) ? value : null);
    }
    return named;
  }

  private Optional<FeatureSet> set(String fingerprint) {
    return featureSets.stream().filter(s -> s.fingerprint().equals(fingerprint)).findFirst();
  }
}
