package io.shoal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shoal.local.stack.DataDirectory;
import io.shoal.local.stack.LocalStack;
import io.shoal.pipeline.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README promises a new user: from a CSV file of orders to alerts on the screen. */
class FirstStepsIT {
  private static final int ORDERS = 4_000;
  private static final int LEARNED_BY = 3_000;
  private static final int EVERY = 100;

  @TempDir Path folder;

  @Test
  void shouldComeFromAFileOfOrdersToAlerts() throws IOException {
    Path orders = orders();
    Path files = folder.resolve("orders");

    Cli init = Cli.run("init", orders.toString(), "--to", files.toString(), "--yes");
    assertThat(init.exitCode()).as(init.err()).isZero();
    String pipeline = files.resolve("pipeline.yaml").toString();
    assertThat(init.out()).contains("learns of   merchant", "shoal deploy " + pipeline);
    assertThat(Cli.run("validate", pipeline).exitCode()).isZero();

    try (DataDirectory data = DataDirectory.open(folder.resolve("data"), true);
        LocalStack stack = new LocalStack(data, Pipeline.read(Path.of(pipeline)), 0, part -> {})) {
      String[] kafka = {
        "--bootstrap-servers",
        stack.bootstrapServers(),
        "--schema-registry",
        stack.schemaRegistryUrl()
      };
      Cli produce = run(kafka, "produce", pipeline, orders.toString(), "--rate", "400");
      assertThat(produce.exitCode()).as(produce.err()).isZero();
      assertThat(produce.out()).contains("4,000 events sent");
      assertThat(produce.err()).contains("1 rows left out").contains("amount is 'much'");

      Cli watch =
          run(kafka, "watch", pipeline, "--from-beginning", "--limit", "3", "--timeout", "60");
      assertThat(watch.exitCode()).as(watch.out()).isZero();
      assertThat(watch.out())
          .contains("ALERT", "more unusual than", "amount")
          .doesNotContain("\u001b");
      assertThat(watch.out().lines()).allMatch(line -> line.length() <= 80);

      Cli doctor = run(kafka, "doctor", pipeline);
      assertThat(doctor.out())
          .contains("orders.orders has 4")
          .contains("Orders fits the features orders")
          .doesNotContain("FAIL");
      assertThat(doctor.exitCode()).isZero();
    }
  }

  @Test
  void shouldSayWhatToDoWhereNothingRuns() throws IOException {
    Path files = folder.resolve("orders");
    Cli.run("init", orders().toString(), "--to", files.toString(), "--yes");
    String pipeline = files.resolve("pipeline.yaml").toString();
    String[] nowhere = {
      "--bootstrap-servers", "127.0.0.1:1", "--schema-registry", "http://127.0.0.1:1"
    };

    Cli doctor = run(nowhere, "doctor", pipeline);

    assertThat(doctor.exitCode()).isEqualTo(1);
    assertThat(doctor.out())
        .contains("FAIL kafka")
        .contains("FAIL schema registry")
        .contains("-> is the pipeline up ('shoal get')?");
  }

  private static Cli run(String[] kafka, String... arguments) {
    String[] all = new String[arguments.length + kafka.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(kafka, 0, all, arguments.length, kafka.length);
    return Cli.run(all);
  }

  /** Orders of forty shops; from some time on, one in a hundred is far beyond its shop's. */
  private Path orders() throws IOException {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder("timestamp,merchant,amount,country\n");
    Instant time = Instant.parse("2026-09-01T00:00:00Z");
    for (int i = 0; i < ORDERS; i++) {
      time = time.plusSeconds(1 + random.nextInt(600));
      int shop = random.nextInt(40);
      double usual = 10 * (1 + shop % 7);
      boolean stolen = i > LEARNED_BY && i % EVERY == 0;
      double amount = usual * (0.7 + 0.6 * random.nextDouble()) * (stolen ? 25 : 1);
      text.append(
          String.format(
              Locale.ROOT, "%s,shop-%d,%.2f,%s%n", time, shop, amount, stolen ? "XX" : "DE"));
    }
    return Files.writeString(
        folder.resolve("orders.csv"), text + time.toString() + ",shop-1,much,DE\n");
  }
}
