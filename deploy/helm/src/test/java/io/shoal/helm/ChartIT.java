package io.shoal.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PodMonitor;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.shoal.pipeline.Pipeline;
import io.shoal.pipeline.Service;
import io.shoal.schemas.Topics;
import io.strimzi.api.kafka.model.topic.KafkaTopicSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.kubernetes.operator.api.spec.FlinkDeploymentSpec;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart renders is what the operators' own types know, and what the services need. */
class ChartIT {
  private static final String CHART = "shoal";
  private static final Path VALUES = Path.of("src/test/resources/cards.yaml");
  private static final String ORDERS = "../../docs/examples/orders.yaml";

  /** Kinds and the types that their operators or Kubernetes give them. */
  private static final Map<String, Class<?>> TYPES =
      Map.of(
          "ConfigMap", ConfigMap.class,
          "Service", io.fabric8.kubernetes.api.model.Service.class,
          "StatefulSet", StatefulSet.class,
          "PodDisruptionBudget", PodDisruptionBudget.class,
          "NetworkPolicy", NetworkPolicy.class,
          "ServiceMonitor", ServiceMonitor.class,
          "PodMonitor", PodMonitor.class,
          "PrometheusRule", PrometheusRule.class);

  private static final Map<String, Class<?>> SPECS =
      Map.of("KafkaTopic", KafkaTopicSpec.class, "FlinkDeployment", FlinkDeploymentSpec.class);

  /** Types collect what they do not know; here that is an error. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  @TempDir private Path folder;

  @Test
  void shouldPassHelmsLint() throws Exception {
    Helm.Result lint = Helm.run("lint", "--strict", CHART, "-f", VALUES.toString());

    assertThat(lint.exitCode()).as(lint.output()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "kubernetes.trainer=flink",
        "kubernetes.trainer=pod",
        "kubernetes.keda=false,kubernetes.kafkaCluster=,kubernetes.monitoring=false,kubernetes.networkPolicies=false",
        "kubernetes.registryReplicas=1,registry.jdbc\\.url=,kubernetes.storageClass=fast,resources.trainer.cpu=500m"
      })
  void shouldRenderWhatTheTypesKnow(String set) throws Exception {
    List<JsonNode> resources = render("--set", set);

    assertThat(resources).hasSizeGreaterThan(7);
    for (JsonNode resource : resources) {
      String kind = resource.get("kind").asText();
      if (TYPES.containsKey(kind)) {
        assertThat(STRICT.treeToValue(resource, TYPES.get(kind))).isNotNull();
      } else if (SPECS.containsKey(kind)) {
        assertThat(STRICT.treeToValue(resource.get("spec"), SPECS.get(kind))).isNotNull();
      } else {
        assertThat(kind).isEqualTo("ScaledObject"); // KEDA has no types for Java
      }
    }
  }

  @Test
  void shouldRefuseAFieldThatNoTypeKnows() throws Exception {
    JsonNode set = one(render(), "StatefulSet", "cards-sidecar");
    ((ObjectNode) set.at("/spec/template/spec")).put("restartPolcy", "Always");

    assertThatThrownBy(() -> STRICT.treeToValue(set, StatefulSet.class))
        .hasMessageContaining("restartPolcy");
  }

  @Test
  void shouldMountThePipelineThatItWasGiven() throws Exception {
    JsonNode config = one(render(), "ConfigMap", "cards-pipeline");
    Path mounted = folder.resolve("pipeline.yaml");
    Files.writeString(mounted, config.at("/data/pipeline.yaml").asText());

    for (Service service : Service.values()) {
      Map<String, String> expected = new HashMap<>(Pipeline.read(VALUES).options(service));
      if (service == Service.SIDECAR) {
        expected.put("topic.replication", "3"); // the chart's own default
      }
      assertThat(Pipeline.read(mounted).options(service))
          .containsExactlyInAnyOrderEntriesOf(expected);
    }
  }

  @Test
  void shouldMountTheFeatureSetBesideThePipeline() throws Exception {
    List<JsonNode> resources =
        render(
            "--set", "features=sets/orders.yaml", "--set-file", "kubernetes.featureSet=" + ORDERS);
    JsonNode config = one(resources, "ConfigMap", "cards-pipeline");
    for (String name : new String[] {"pipeline.yaml", "features.yaml"}) {
      Files.writeString(folder.resolve(name), config.get("data").get(name).asText());
    }

    assertThat(Pipeline.read(folder.resolve("pipeline.yaml")).features())
        .contains(folder.resolve("features.yaml"));
    assertThat(
            one(resources, "ScaledObject", "cards-sidecar").at("/spec/triggers/0/metadata/topic"))
        .hasToString("\"cards.orders\"");
  }

  @Test
  void shouldMakeTheTopicsThatTheServicesUse() throws Exception {
    List<String> topics = new ArrayList<>();
    for (JsonNode resource : render()) {
      if (resource.get("kind").asText().equals("KafkaTopic")) {
        JsonNode spec = resource.get("spec");
        topics.add(
            "%s %d %d %s"
                .formatted(
                    spec.get("topicName").asText(),
                    spec.get("partitions").asInt(),
                    spec.get("replicas").asInt(),
                    spec.at("/config/cleanup.policy").asText()));
      }
    }

    assertThat(topics)
        .containsExactlyInAnyOrderElementsOf(
            new Topics("cards.").all(12, (short) 3).stream().map(ChartIT::described).toList());
  }

  @Test
  void shouldScaleWithinThePartitionsAndLeaveTheNumberToKeda() throws Exception {
    List<JsonNode> resources = render();
    JsonNode scaled = one(resources, "ScaledObject", "cards-sidecar");

    assertThat(scaled.at("/spec/maxReplicaCount").asInt()).isEqualTo(6);
    assertThat(scaled.at("/spec/triggers/0/metadata/allowIdleConsumers").asText())
        .isEqualTo("false");
    assertThat(scaled.at("/spec/triggers/0/metadata/consumerGroup").asText())
        .isEqualTo("cards.shoal-sidecar");
    assertThat(one(resources, "StatefulSet", "cards-sidecar").at("/spec").has("replicas"))
        .isFalse();
    assertThat(
            one(render("--set", "kubernetes.keda=false"), "StatefulSet", "cards-sidecar")
                .at("/spec/replicas")
                .asInt())
        .isEqualTo(2);
  }

  @Test
  void shouldKeepWhatAServiceWritesOnAVolume() throws Exception {
    List<JsonNode> resources = render("--set", "kubernetes.trainer=pod");
    for (String part : new String[] {"registry", "trainer", "sidecar"}) {
      JsonNode spec = one(resources, "StatefulSet", "cards-" + part).get("spec");
      assertThat(spec.at("/volumeClaimTemplates/0/metadata/name").asText()).isEqualTo("data");
      assertThat(spec.at("/template/spec/containers/0/volumeMounts").toString())
          .contains("/var/lib/shoal");
    }
  }

  @Test
  void shouldRunNothingAsRootOrOnAWritableRoot() throws Exception {
    for (JsonNode resource : render("--set", "kubernetes.trainer=pod")) {
      JsonNode pod = resource.at("/spec/template/spec");
      if (pod.isObject()) {
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        for (JsonNode container : pod.get("containers")) {
          assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
        }
      }
    }
  }

  @Test
  void shouldAskARegistryWithTlsByTls() throws Exception {
    List<JsonNode> resources =
        render(
            "--set",
            "registry.tls\\.certificate\\.file=/etc/shoal-secrets/tls.crt,kubernetes.secretFiles=tls");

    JsonNode pod = one(resources, "StatefulSet", "cards-registry").at("/spec/template/spec");
    assertThat(pod.at("/containers/0/livenessProbe/httpGet/scheme").asText()).isEqualTo("HTTPS");
    assertThat(pod.get("volumes").toString()).contains("\"secretName\":\"tls\"");
    assertThat(one(resources, "ServiceMonitor", "cards-registry").at("/spec/endpoints/0/scheme"))
        .hasToString("\"https\"");
  }

  @Test
  void shouldSayWhatCannotWork() throws Exception {
    assertThat(refusal("kubernetes.checkpoints=")).contains("a folder that all nodes reach");
    assertThat(refusal("scaling.max=13")).contains("13 sidecars cannot share 12 partitions");
    assertThat(refusal("kafka.bootstrap\\.servers=")).contains("a cluster brings none");
    assertThat(refusal("registry.jdbc\\.url=")).contains("set registry's jdbc.url");
    assertThat(refusal("registry.auth\\.anonymous\\.role=")).contains("without a token");
    assertThat(refusal("registry.http\\.plain\\.allowed=false")).contains("tls.certificate.file");
    assertThat(refusal("features=orders.yaml")).contains("--set-file kubernetes.featureSet=");
    assertThat(refusal("model.kk=3")).contains("kk");
  }

  private static String refusal(String set) throws Exception {
    Helm.Result result =
        Helm.run("template", "cards", CHART, "-f", VALUES.toString(), "--set", set);
    assertThat(result.exitCode()).as(result.output()).isNotZero();
    return result.output();
  }

  private static List<JsonNode> render(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("template", "cards", CHART, "-f", VALUES.toString()));
    arguments.addAll(List.of(more));
    Helm.Result result = Helm.run(arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.output()).isZero();
    return result.resources();
  }

  private static JsonNode one(List<JsonNode> resources, String kind, String name)
      throws IOException {
    Set<JsonNode> found =
        resources.stream()
            .filter(r -> r.get("kind").asText().equals(kind))
            .filter(r -> r.at("/metadata/name").asText().equals(name))
            .collect(Collectors.toSet());
    assertThat(found).as(kind + " " + name).hasSize(1);
    return found.iterator().next();
  }

  private static String described(NewTopic topic) {
    return "%s %d %d %s"
        .formatted(
            topic.name(),
            topic.numPartitions(),
            topic.replicationFactor(),
            topic.configs().get("cleanup.policy"));
  }
}
