package io.shoal.kmeans.exchange;

import java.util.List;
import org.dmg.pmml.CompareFunction;
import org.dmg.pmml.ComparisonMeasure;
import org.dmg.pmml.Euclidean;
import org.dmg.pmml.Measure;
import org.dmg.pmml.MiningField;
import org.dmg.pmml.Model;
import org.dmg.pmml.OutlierTreatmentMethod;
import org.dmg.pmml.PMML;
import org.dmg.pmml.SquaredEuclidean;
import org.dmg.pmml.clustering.ClusteringField;
import org.dmg.pmml.clustering.ClusteringModel;
import org.jspecify.annotations.Nullable;

/** Tells PMML models that are k-means from the many that are not. */
final class PmmlKind {
  private static final String ADVICE =
      "; export a centre-based model with the squared Euclidean distance of plain fields";

  private PmmlKind() {}

  /**
   * The one clustering model of a document.
   *
   * @throws InvalidModelFileException when there is none, or one whose nearest cluster is another
   *     than that of k-means
   */
  static ClusteringModel kMeans(PMML pmml) {
    List<Model> models = pmml.getModels();
    if (models.size() != 1 || !(models.get(0) instanceof ClusteringModel)) {
      throw new InvalidModelFileException(
          "it has the models "
              + models.stream().map(model -> model.getClass().getSimpleName()).toList()
              + "; give a file with one ClusteringModel");
    }
    ClusteringModel model = (ClusteringModel) models.get(0);
    require(
        model.requireModelClass() == ClusteringModel.ModelClass.CENTER_BASED,
        "its model class is " + model.requireModelClass().value());
    ComparisonMeasure comparison = model.requireComparisonMeasure();
    require(
        comparison.requireKind() == ComparisonMeasure.Kind.DISTANCE,
        "its clusters are compared by " + comparison.requireKind().value());
    Measure measure = comparison.requireMeasure();
    require(
        measure instanceof SquaredEuclidean || measure instanceof Euclidean,
        "its distance is " + measure.getClass().getSimpleName());
    requireDifference(comparison.getCompareFunction());
    for (ClusteringField field : model.requireClusteringFields()) {
      require(
          field.getCenterField() != ClusteringField.CenterField.FALSE,
          "field '" + field.requireField() + "' has no centre");
      requireDifference(field.getCompareFunction());
    }
    int clusters = model.requireClusters().size();
    if (model.requireNumberOfClusters() != clusters) {
      throw new InvalidModelFileException(
          "it says "
              + model.requireNumberOfClusters()
              + " clusters and has "
              + clusters
              + "; export it again");
    }
    for (MiningField field : model.requireMiningSchema().getMiningFields()) {
      require(
          field.getOutlierTreatment() == OutlierTreatmentMethod.AS_IS,
          "outliers of field '" + field.requireField() + "' are not taken as they are");
    }
    return model;
  }

  private static void requireDifference(@Nullable CompareFunction function) {
    require(
        function == null || function == CompareFunction.ABS_DIFF,
        "its fields are compared by " + (function == null ? "" : function.value()));
  }

  /** Refuses a model of another kind. */
  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new InvalidModelFileException("it is not like k-means: " + otherwise + ADVICE);
    }
  }
}
