package io.shoal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shoal.kmeans.KMeans;
import io.shoal.kmeans.exchange.InvalidModelFileException;
import io.shoal.kmeans.exchange.NamedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWatchTest {
  @TempDir private Path folder;

  @Test
  void shouldLoadAFileAgainOnlyWhenItChanged() throws IOException {
    Path file = folder.resolve("cards.onnx");
    write(file, 1, 1_000);
    ModelWatch watch = new ModelWatch(file.toString());
    ModelWatch.Loaded first = watch.load();

    assertThat(first.name()).isEqualTo("cards");
    assertThat(first.model().model().checksum()).startsWith(first.version());
    assertThat(watch.load()).isSameAs(first);

    write(file, 2, 2_000);
    assertThat(watch.load().version()).isNotEqualTo(first.version());
  }

  @Test
  void shouldGoOnAfterAFileThatIsNoModel() throws IOException {
    Path file = folder.resolve("cards.onnx");
    write(file, 1, 1_000);
    ModelWatch watch = new ModelWatch(file.toString());
    ModelWatch.Loaded first = watch.load();

    Files.writeString(file, "no model");
    assertThatThrownBy(watch::load).isInstanceOf(InvalidModelFileException.class);
    Files.delete(file);
    assertThatThrownBy(watch::load).isInstanceOf(NoSuchFileException.class);
    write(file, 1, 3_000);
    assertThat(watch.load().version()).isEqualTo(first.version());
  }

  @Test
  void shouldRefuseASourceThatCanBeNone() {
    assertThatThrownBy(() -> new ModelWatch("http://127.0.0.1:1/models"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MODEL@ALIAS");
    assertThatThrownBy(() -> new ModelWatch("model.txt")).hasMessageContaining("unknown format");
  }

  private static void write(Path file, float shift, long modifiedMs) throws IOException {
    float[][] rows = {{1 + shift, 2}, {3, 4}, {50, 60 + shift}, {52, 61}};
    Models.save(new NamedModel(KMeans.fit(rows, 2), List.of("amount", "count")), file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(modifiedMs));
  }
}
