package io.shoal.jobs;

import io.shoal.schemas.SchemaRegistry;
import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.TypeInformation;

/**
 * How points stand in the records of a topic. Travels to the tasks, and is opened there.
 *
 * @param <P> kind of point
 */
interface PointFormat<P extends FeaturePoint> extends Serializable {
  /** A decoder for one thread, which looks schemas up here. */
  PointDecoder<P> open(SchemaRegistry schemas);

  /** A point with room for its values, to be filled again and again. */
  P newPoint();

  /** The kind of point. */
  TypeInformation<P> type();
}
