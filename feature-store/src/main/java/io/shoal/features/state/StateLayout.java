package io.shoal.features.state;

import java.util.List;

/**
 * What a stored value holds.
 *
 * @param id tells this layout from others: values of another one are refused
 * @param lastEvent whether the time of the newest event is kept
 * @param groups windows that share a hop, {@code [g]}
 */
public record StateLayout(int id, boolean lastEvent, List<Group> groups) {

  /**
   * Buckets of one hop.
   *
   * @param hopMs width of a bucket
   * @param reachMs the longest window plus its delay
   * @param labels whether it is counted which events were fraud
   * @param measures numbers of each event that are aggregated, {@code [m]}
   * @param sketches categories of each event whose distinct values are counted, by their index
   */
  public record Group(
      long hopMs, long reachMs, boolean labels, List<Measure> measures, List<Integer> sketches) {
    public Group {
      measures = List.copyOf(measures);
      sketches = List.copyOf(sketches);
    }
  }

  /**
   * What is kept of one number.
   *
   * @param index of the number among those of the event
   * @param sum for sums and means
   * @param deviations for standard deviations, which need the sum too
   * @param min for the smallest
   * @param max for the largest
   */
  public record Measure(int index, boolean sum, boolean deviations, boolean min, boolean max) {
    public Measure {
      if (deviations && !sum) {
        throw new IllegalArgumentException("deviations need the sum");
      }
    }

    boolean isSumAlone() {
      return sum && !deviations && !min && !max;
    }
  }

  public StateLayout {
    groups = List.copyOf(groups);
  }
}
