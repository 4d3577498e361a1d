package io.shoal.registry.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version with all that is known of it; what its artifact says is null when that is gone.
 *
 * @param aliases that name it now
 * @param gates what each gate said of it as a candidate
 * @param offsets after the last records learned from
 * @param lineage number of clusters by what became of them since the version before
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VersionDetail(
    RegisteredVersion version,
    List<String> aliases,
    Map<String, String> tags,
    List<GateResult> gates,
    @Nullable List<String> features,
    @Nullable Integer clusters,
    @Nullable Map<String, String> parameters,
    @Nullable Map<String, Double> metrics,
    @Nullable List<Offset> offsets,
    @Nullable Map<String, Long> lineage) {

  /** An offset after the last record learned from. */
  public record Offset(String topic, int partition, long nextOffset) {}
}
