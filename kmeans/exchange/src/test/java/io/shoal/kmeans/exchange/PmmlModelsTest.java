package io.shoal.kmeans.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.shoal.kmeans.AnomalyScorer;
import io.shoal.kmeans.KMeansModelData;
import io.shoal.kmeans.Score;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jpmml.model.JAXBUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PmmlModelsTest {
  private static final NamedModel MODEL = Models.random(1, 5, 3, true);

  @Property(tries = 100)
  void shouldReadWhatItWrote(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 20) int k,
      @ForAll @IntRange(min = 1, max = 20) int d,
      @ForAll boolean labelled) {
    NamedModel named = Models.random(seed, k, d, labelled);

    Models.assertSame(PmmlFiles.read(PmmlFiles.write(named)), named);
  }

  @Test
  void shouldKeepNamesThatMeanSomethingInXml() {
    NamedModel named =
        new NamedModel(
            MODEL.model(), List.of("<a href=\"x\">&amp;'", "]]> größe", "\uD83D\uDC1F "));

    Models.assertSame(PmmlFiles.read(PmmlFiles.write(named)), named);
  }

  @Test
  void shouldWriteTheSameTextForTheSameModel() {
    assertThat(PmmlFiles.write(MODEL)).isEqualTo(PmmlFiles.write(MODEL));
  }

  @Test
  void shouldWriteWhatTheStandardsSchemaAllows() throws Exception {
    String file = PmmlFiles.write(MODEL);

    assertThat(file).contains("xmlns=\"http://www.dmg.org/PMML-4_4\"", "version=\"4.4\"");
    JAXBUtil.createSchema().newValidator().validate(new StreamSource(new StringReader(file)));
  }

  /** Reads the file with nothing but an XML parser and the standard's formula. */
  @Test
  void shouldMeanTheSameClustersToOthers() throws Exception {
    NamedModel named = Models.learned(32, 6);
    KMeansModelData model = named.model();
    Element root = root(PmmlFiles.write(named));
    double[] weights =
        elements(root, "ClusteringField").stream()
            .mapToDouble(field -> Double.parseDouble(field.getAttribute("fieldWeight")))
            .toArray();
    List<Element> clusters = elements(root, "Cluster");
    double[][] centres =
        clusters.stream()
            .map(c -> Arrays.stream(c.getTextContent().trim().split("\\s+")))
            .map(texts -> texts.mapToDouble(Double::parseDouble).toArray())
            .toArray(double[][]::new);
    AnomalyScorer scorer = new AnomalyScorer(model);
    Score expected = new Score();
    float[] points = Models.points(model, 8, 5_000, 2);
    for (int i = 0; i < 5_000; i++) {
      float[] x = Models.point(points, i, 6);
      double[] distances2 =
          Arrays.stream(centres).mapToDouble(c -> squaredEuclidean(weights, x, c)).toArray();
      int nearest = 0;
      for (int j = 1; j < distances2.length; j++) {
        nearest = distances2[j] < distances2[nearest] ? j : nearest;
      }
      scorer.score(x, expected);

      assertThat(distances2[nearest])
          .isCloseTo(expected.distance2, within(1e-5 * expected.distance2));
      assertThat(clusters.get(nearest).getAttribute("id"))
          .isEqualTo(Integer.toString(expected.clusterId));
    }
  }

  @Test
  void shouldRoundSizes() {
    assertThat(PmmlFiles.write(MODEL))
        .contains("size=\"" + Math.round(MODEL.model().weights()[0]) + "\"");
  }

  @Test
  void shouldRefuseEveryPartOfAFile() {
    String file = PmmlFiles.write(MODEL).stripTrailing();
    for (int length = 0; length < file.length(); length += 13) {
      String part = file.substring(0, length);
      assertThatThrownBy(() -> PmmlFiles.read(part)).isInstanceOf(InvalidModelFileException.class);
    }
  }

  @Test
  void shouldNeverReadAnotherModelFromADamagedFile() {
    String file = PmmlFiles.write(MODEL);
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 1_000; i++) {
      StringBuilder damaged = new StringBuilder(file);
      damaged.setCharAt(random.nextInt(file.length()), (char) (' ' + random.nextInt(95)));
      try {
        assertThat(PmmlFiles.read(damaged.toString()).model().checksum())
            .isEqualTo(MODEL.model().checksum());
      } catch (InvalidModelFileException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  @ParameterizedTest
  @CsvSource({
    "name=\"format\" value=\"1\", name=\"format\" value=\"9\", its Shoal format is '9'",
    "name=\"checksum\", name=\"sum\", 'checksum' is missing",
    "name=\"format\", name=\"formatted\", 'format' is missing",
    "<Cluster id=\", <Cluster id=\"1, it was changed after the export",
    "fieldWeight=\", fieldWeight=\"1, the weight of field 'feature_0' is",
    "fieldWeight=\", fieldWeight=\"x, is no PMML file",
    "type=\"real\">, 'type=\"real\">1 ', cluster 1 has 4 coordinates for 3 fields",
    "numberOfClusters=\"5\", numberOfClusters=\"6\", says 6 clusters and has 5",
  })
  void shouldSayWhatWasChanged(String from, String to, String message) {
    String file = PmmlFiles.write(MODEL);
    assertThat(file).contains(from);

    PmmlFiles.assertRefused(file.replaceFirst(from, to), message);
  }

  @Test
  void shouldReadItsOwnFileWithoutExtensionsAsAnothers() {
    KMeansModelData model = MODEL.model();
    String bare = PmmlFiles.write(MODEL).replaceAll("<Extension [^>]*>", "");
    NamedModel read = PmmlFiles.read(bare);

    assertThat(read.features()).isEqualTo(MODEL.features());
    assertThat(read.model().centroids()).isEqualTo(model.centroids());
    assertThat(read.model().scales()).containsExactly(model.scales(), within(1e-6f));
    assertThat(read.model().clusterIds()).isEqualTo(model.clusterIds());
    assertThat(read.model().weights())
        .containsExactly(Arrays.stream(model.weights()).map(Math::rint).toArray());
  }

  private static double squaredEuclidean(double[] weights, float[] x, double[] centre) {
    double sum = 0;
    for (int f = 0; f < x.length; f++) {
      sum += weights[f] * Math.pow(Math.abs(x[f] - centre[f]), 2);
    }
    return sum;
  }

  private static Element root(String file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(PmmlFiles.bytes(file)))
        .getDocumentElement();
  }

  private static List<Element> elements(Element root, String name) {
    NodeList nodes = root.getElementsByTagName(name);
    Element[] elements = new Element[nodes.getLength()];
    Arrays.setAll(elements, i -> (Element) nodes.item(i));
    return List.of(elements);
  }
}
