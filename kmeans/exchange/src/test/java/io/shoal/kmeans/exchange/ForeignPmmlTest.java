package io.shoal.kmeans.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PMML of other systems. */
class ForeignPmmlTest {
  private static final String PLAIN = PmmlFiles.foreign("plain.pmml");

  private final Score score = new Score();

  @Test
  void shouldReadTheIrisModelOfR() {
    NamedModel named = PmmlFiles.read(PmmlFiles.foreign("r-iris.pmml"));
    KMeansModelData model = named.model();

    assertThat(named.features())
        .containsExactly("sepal_length", "sepal_width", "petal_length", "petal_width");
    assertThat(model.clusterIds()).containsExactly(1, 2, 3);
    assertThat(model.weights()).containsExactly(50, 62, 38);
    assertThat(model.scales()).containsOnly(1f);
    new AnomalyScorer(model).score(new float[] {6.3f, 3.3f, 6.0f, 2.5f}, score);
    assertThat(score.clusterId).isEqualTo(3);
    assertThat(score.distance2).isCloseTo(0.6040f, within(1e-3f));
    assertThat(score.risk).isNaN();
  }

  @Test
  void shouldReadTheIrisModelOfScikitLearn() {
    NamedModel named = PmmlFiles.read(PmmlFiles.foreign("sklearn-iris.pmml"));
    KMeansModelData model = named.model();

    assertThat(named.features()).startsWith("sepal length (cm)").hasSize(4);
    assertThat(model.clusterIds()).containsExactly(0, 1, 2);
    assertThat(model.weights()).containsExactly(62, 50, 38);
    new AnomalyScorer(model).score(new float[] {5.1f, 3.5f, 1.4f, 0.2f}, score);
    assertThat(score.clusterId).isEqualTo(1);
    assertThat(score.distance2).isCloseTo(0.01998f, within(1e-5f));
  }

  @Test
  void shouldTakeScalesFromFieldWeightsAndNeutralValuesForTheRest() {
    NamedModel named = PmmlFiles.read(PLAIN);
    KMeansModelData model = named.model();

    assertThat(named.features()).containsExactly("amount", "count");
    assertThat(model.scales()).containsExactly(2, 1);
    assertThat(model.weights()).containsExactly(1, 1);
    assertThat(model.clusterIds()).containsExactly(1, 2);
    assertThat(model.centroids()).containsExactly(0, 1, 100, 7);
    assertThat(model.lineage()).isEmpty();
  }

  @Test
  void shouldNumberClustersWhoseIdsAreNoDistinctNumbers() {
    String one = PLAIN.replace("name=\"cluster_0\"", "id=\"4\"");

    assertThat(PmmlFiles.read(one).model().clusterIds()).containsExactly(1, 2);
    String twice = one.replace("name=\"cluster_1\"", "id=\"4\"");
    assertThat(PmmlFiles.read(twice).model().clusterIds()).containsExactly(1, 2);
    String distinct = one.replace("name=\"cluster_1\"", "id=\"9\"");
    assertThat(PmmlFiles.read(distinct).model().clusterIds()).containsExactly(4, 9);
  }

  @Test
  void shouldOrderPointsWithoutKnowingTheTraffic() {
    AnomalyScorer scorer = new AnomalyScorer(PmmlFiles.read(PLAIN).model());
    double before = 0;
    for (float amount = 1; amount < 1e6; amount *= 3) {
      scorer.score(new float[] {-amount, 1}, score);

      assertThat(score.score).isGreaterThan(before).isLessThan(1);
      before = score.score;
    }
  }

  @Test
  void shouldGivePercentilesOnceCalibrated() {
    NamedModel named = PmmlFiles.read(PLAIN);
    Random random = new Random(6);
    float[] points = new float[20_000];
    for (int i = 0; i < points.length; i++) {
      points[i] = (float) (30 * random.nextGaussian());
    }
    AnomalyScorer scorer = new AnomalyScorer(named.calibrated(points).model());
    int above = 0;
    for (int i = 0; i < 10_000; i++) {
      scorer.score(Models.point(points, i, 2), score);
      above += score.score > 0.99 ? 1 : 0;
    }

    assertThat(above).isBetween(80, 120);
    Models.assertSame(
        PmmlFiles.read(PmmlFiles.write(named.calibrated(points))), named.calibrated(points));
  }

  @ParameterizedTest
  @CsvSource({
    "centerBased, distributionBased, its model class is distributionBased",
    "kind=\"distance\", kind=\"similarity\", its clusters are compared by similarity",
    "<euclidean/>, <cityBlock/>, its distance is CityBlock",
    "<euclidean/>, <minkowski p-parameter=\"3\"/>, its distance is Minkowski",
    "kind=\"distance\", kind=\"distance\" compareFunction=\"gaussSim\", compared by gaussSim",
    "fieldWeight=\"0.25\", compareFunction=\"delta\", compared by delta",
    "fieldWeight=\"0.25\", isCenterField=\"false\", field 'amount' has no centre",
    "fieldWeight=\"0.25\", fieldWeight=\"-1\", scale 0 is NaN",
    "fieldWeight=\"0.25\", fieldWeight=\"0\", scale 0 is Infinity",
    "fieldWeight=\"0.25\", fieldWeight=\"much\", is no PMML file",
    "MiningField name=\"amount\", MiningField name=\"amount\" outliers=\"asExtremeValues\","
        + " outliers of field 'amount'",
    "ClusteringField field=\"amount\", ClusteringField field=\"ratio\", 'ratio' is a derived one",
    "ClusteringField field=\"amount\", ClusteringField field=\"count\", two features are named",
    "0.0 1.0, 0.0, cluster 1 has 1 coordinates for 2 fields",
    "0.0 1.0, 0.0 NaN, centroid value 1 is NaN",
    "0.0 1.0, 0.0 one, For input string",
    "numberOfClusters=\"2\", numberOfClusters=\"3\", says 3 clusters and has 2",
    "xmlns=\"http://www.dmg.org/PMML-4_4\", xmlns=\"http://www.dmg.org/PMML-9_9\", is no PMML file",
    "xmlns=\"http://www.dmg.org/PMML-4_4\", xmlns=\"urn:other\", is no PMML file",
  })
  void shouldSayWhyItRefuses(String from, String to, String message) {
    assertThat(PLAIN).contains(from);

    PmmlFiles.assertRefused(PLAIN.replace(from, to), message);
  }

  @Test
  void shouldRefuseModelsOfOtherKinds() {
    String regression =
        PLAIN
            .replaceAll("(?s)<ComparisonMeasure.*</ClusteringModel>", "</RegressionModel>")
            .replaceAll("<ClusteringModel[^>]*>", "<RegressionModel functionName=\"regression\">");
    String none = PLAIN.replaceAll("(?s)<ClusteringModel.*</ClusteringModel>", "");

    PmmlFiles.assertRefused(regression, "it has the models [RegressionModel]");
    PmmlFiles.assertRefused(none, "it has the models []");
    PmmlFiles.assertRefused("<html/>", "is no PMML file");
    PmmlFiles.assertRefused("amount,count\n1,2\n", "is no PMML file");
    PmmlFiles.assertRefused("", "it is empty");
  }

  @Test
  void shouldLookAtNothingOutsideTheFile(@TempDir Path folder) throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "0.0 1.0");
    String entity = "<!DOCTYPE PMML [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>\n<PMML ";
    String reading = PLAIN.replaceFirst("<PMML ", entity).replace("0.0 1.0", "&x;");

    PmmlFiles.assertRefused(reading, "DOCTYPE");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(1);
      String type = "<!DOCTYPE PMML SYSTEM \"http://127.0.0.1:" + server.getLocalPort() + "/x\">";
      PmmlFiles.assertRefused(PLAIN.replaceFirst("<PMML ", type + "<PMML "), "DOCTYPE");
      assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void shouldRefuseElementsWithinElementsWithoutEnd() {
    String deep = "<Extension>".repeat(200_000);

    PmmlFiles.assertRefused(PLAIN.replace("<Header/>", "<Header>" + deep), "is no PMML file");
  }

  @Test
  void shouldNotUnfoldEntities() {
    StringBuilder laughs = new StringBuilder("<!DOCTYPE PMML [<!ENTITY a0 \"1.0 \">");
    for (int i = 1; i < 30; i++) {
      String half = "&a" + (i - 1) + ";";
      laughs.append("<!ENTITY a" + i + " \"" + half + half + "\">");
    }
    String bomb = PLAIN.replaceFirst("<PMML ", laughs + "]>\n<PMML ").replace("0.0 1.0", "&a29;");

    PmmlFiles.assertRefused(bomb, "DOCTYPE");
  }
}
