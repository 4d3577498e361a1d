package io.shoal.registry.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "GET, /, NONE",
    "GET, /api, NONE",
    "GET, /console/app.js, NONE",
    "POST, /console/app.js, ADMIN",
    "GET, /api/v1/models, READER",
    "POST, /api/v1/models/m/versions, PUBLISHER",
    "PUT, /api/v1/models/m/aliases/champion, PROMOTER",
    "DELETE, /api/v1/models/m/aliases/champion/pin, PROMOTER",
    "POST, /api/v1/models/m/requests/1/approve, PROMOTER",
    "DELETE, /api/v1/models/m/versions/1, ADMIN",
    "GET, /api/v1/console/predictions, READER",
    "POST, /api/v1/console/training/files, PUBLISHER",
    "POST, /api/v1/console/dead-letters/7/retry, PUBLISHER",
    "GET, /api/v1/webhooks, ADMIN",
    "POST, /api/2.0/mlflow/registered-models/create, PUBLISHER",
    "POST, /api/2.0/mlflow/registered-models/alias, PROMOTER",
    "POST, /api/2.0/mlflow/registered-models/get-latest-versions, READER",
    "POST, /api/2.0/mlflow/model-versions/transition-stage, PROMOTER",
    "DELETE, /api/2.0/mlflow/model-versions/delete, ADMIN",
    "DELETE, /api/2.0/mlflow/model-versions/delete-tag, PUBLISHER",
    "PUT, /api/v1/whatever, ADMIN",
    "TRACE, /api/v1/models, ADMIN"
  })
  void shouldAskForARole(String method, String path, Role role) {
    assertThat(Access.needed(method, path)).isEqualTo(role);
  }

  @Test
  void shouldSayWhichLineOfTheTokenFileIsWrongButNotWhatItSays() throws Exception {
    Path file = Files.writeString(folder.resolve("wrong"), "\nann promoter hunter2\n");

    assertThatThrownBy(() -> new TokenFile(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 2")
        .hasMessageNotContaining("hunter2");
  }
}
