package io.shoal.registry.server.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.registry.server.RunningRegistry;
import io.shoal.registry.server.TestModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.api.proto.ModelRegistry.ModelVersionStatus;
import org.mlflow.api.proto.ModelRegistry.RegisteredModel;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.ModelVersionsPage;

/** MLflow's own Java client against the registry. */
class MlflowClientIT {
  @TempDir Path folder;
  private RunningRegistry registry;
  private MlflowClient client;

  @BeforeEach
  void start() {
    registry = RunningRegistry.open(folder);
    client = new MlflowClient(registry.url());
  }

  @AfterEach
  void stop() {
    client.close();
    registry.close();
  }

  @Test
  void shouldMakeAModelWithVersionsThatLieElsewhere() {
    createModel("xgb");
    createVersion("xgb", "run7", "s3://bucket/xgb/1");
    createVersion("xgb", "run8", "s3://bucket/xgb/2");

    ModelVersion second = client.getModelVersion("xgb", "2");
    assertThat(second.getStatus()).isEqualTo(ModelVersionStatus.READY);
    assertThat(second.getRunId()).isEqualTo("run8");
    assertThat(client.getModelVersionDownloadUri("xgb", "2")).isEqualTo("s3://bucket/xgb/2");
    RegisteredModel model = client.getRegisteredModel("xgb");
    assertThat(model.getName()).isEqualTo("xgb");
    assertThat(model.getLatestVersionsList()).extracting(ModelVersion::getVersion).contains("2");
    assertThatThrownBy(() -> createModel("xgb"))
        .isInstanceOf(MlflowHttpException.class)
        .hasMessageContaining("RESOURCE_ALREADY_EXISTS");
  }

  @Test
  void shouldShowWhatTheTrainerSent() {
    registry.register("job", 1);
    registry.register("job", 2);

    ModelVersion version = client.getModelVersion(TestModels.MODEL, "2");

    assertThat(version.getRunId()).isEqualTo("job");
    assertThat(version.getStatus()).isEqualTo(ModelVersionStatus.READY);
    assertThat(version.getCurrentStage()).isEqualTo("Production");
    assertThat(version.getCreationTimestamp()).isPositive();
    assertThat(client.getLatestVersions(TestModels.MODEL, List.of("Production")))
        .extracting(ModelVersion::getVersion)
        .containsExactly("2");
  }

  @Test
  void shouldMoveAliasesThatSidecarsFollow() throws Exception {
    registry.register("job", 1);
    registry.register("job", 2);

    setAlias("champion", "1");
    setAlias("canary", "2");

    assertThat(client.sendGet("registered-models/alias?name=cards&alias=champion"))
        .contains("\"version\":\"1\"", "\"aliases\":[\"champion\"]");
    assertThat(registry.stores().outbox().first(10))
        .extracting(a -> a.alias() + " " + a.version())
        .containsExactly("champion 1", "champion 2", "champion 1", "canary 2");
    assertThat(
            registry
                .send(
                    "DELETE",
                    "/api/2.0/mlflow/registered-models/alias",
                    "{\"name\":\"cards\",\"alias\":\"canary\"}")
                .status())
        .isEqualTo(200);
    assertThatThrownBy(() -> client.sendGet("registered-models/alias?name=cards&alias=canary"))
        .hasMessageContaining("RESOURCE_DOES_NOT_EXIST");
  }

  @Test
  void shouldTakeStagesForAliases() {
    registry.register("job", 1);
    registry.register("job", 2);

    transition("1", "Production");

    assertThat(registry.stores().aliases().get(TestModels.MODEL, "champion").version())
        .isEqualTo(1);
    assertThatThrownBy(() -> transition("2", "Archived"))
        .hasMessageContaining("INVALID_PARAMETER_VALUE");
  }

  @Test
  void shouldSearchByFilterInAnOrderPageByPage() {
    for (int i = 1; i <= 5; i++) {
      registry.register("job" + i % 2, i);
    }
    createModel("other");
    createVersion("other", "job1", "s3://elsewhere");
    client.sendPost(
        "model-versions/set-tag",
        "{\"name\":\"other\",\"version\":\"1\",\"key\":\"team\",\"value\":\"risk\"}");

    assertThat(client.searchModelVersions("name = 'cards'").getItems()).hasSize(5);
    assertThat(client.searchModelVersions("run_id = 'job1'").getItems()).hasSize(4);
    assertThat(client.searchModelVersions("tags.team = 'risk'").getItems())
        .extracting(ModelVersion::getName)
        .containsExactly("other");
    ModelVersionsPage page =
        client.searchModelVersions(
            "name = 'cards' AND version_number > 1", 3, List.of("version_number ASC"));
    assertThat(page.getItems()).extracting(ModelVersion::getVersion).containsExactly("2", "3", "4");
    assertThat(page.hasNextPage()).isTrue();
    assertThat(((ModelVersionsPage) page.getNextPage()).getItems())
        .extracting(ModelVersion::getVersion)
        .containsExactly("5");
    assertThatThrownBy(() -> client.searchModelVersions("size > 3"))
        .hasMessageContaining("INVALID_PARAMETER_VALUE")
        .hasMessageContaining("Invalid attribute key 'size'");
  }

  @Test
  void shouldSayInMlflowsFormWhatItDoesNotDo() {
    assertThatThrownBy(() -> client.createExperiment("x"))
        .isInstanceOf(MlflowHttpException.class)
        .hasMessageContaining("ENDPOINT_NOT_FOUND");
    assertThatThrownBy(() -> client.getRegisteredModel("nobody"))
        .hasMessageContaining("RESOURCE_DOES_NOT_EXIST");
  }

  private void createModel(String name) {
    client.sendPost("registered-models/create", "{\"name\":\"" + name + "\"}");
  }

  private void createVersion(String name, String run, String source) {
    client.sendPost(
        "model-versions/create",
        "{\"name\":\"%s\",\"run_id\":\"%s\",\"source\":\"%s\"}".formatted(name, run, source));
  }

  private void setAlias(String alias, String version) {
    client.sendPost(
        "registered-models/alias",
        "{\"name\":\"cards\",\"alias\":\"%s\",\"version\":\"%s\"}".formatted(alias, version));
  }

  private void transition(String version, String stage) {
    client.sendPost(
        "model-versions/transition-stage",
        "{\"name\":\"cards\",\"version\":\"%s\",\"stage\":\"%s\"}".formatted(version, stage));
  }
}
