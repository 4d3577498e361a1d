package io.shoal.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommitHookTest {
  private final CommitHook.Group group = new CommitHook.Group();
  private final List<String> called = new ArrayList<>();

  @Test
  void shouldLetAProcessorForwardAtTheCommitThatItsInputIsPartOf() {
    Topology topology = new Topology();
    topology
        .addSource("source", new StringDeserializer(), new StringDeserializer(), "in")
        .addProcessor("keep", Keep::new, "source")
        .addStateStore(group.builder("commits"), "keep")
        .addSink("sink", "out", new StringSerializer(), new StringSerializer(), "keep");
    try (TopologyTestDriver driver = new TopologyTestDriver(topology, new Properties())) {
      TestInputTopic<String, String> in =
          driver.createInputTopic("in", new StringSerializer(), new StringSerializer());
      TestOutputTopic<String, String> out =
          driver.createOutputTopic("out", new StringDeserializer(), new StringDeserializer());
      in.pipeInput("a", "1"); // the driver commits after each
      in.pipeInput("a", "2");

      assertThat(out.readValuesToList()).containsExactly("1", "2");
    }
  }

  @Test
  void shouldCallTheHooksOfAllTasksOfAThreadWithTheFirst() {
    CommitHook first = attached("first");
    attached("second");
    first.flushCache();

    assertThat(called).containsExactly("first", "second");
  }

  @Test
  void shouldLeaveTheTasksOfOtherThreadsAlone() {
    CommitHook here = attached("here");
    Executor thread = task -> new Thread(task).start();
    CompletableFuture.runAsync(() -> attached("there"), thread).join();
    here.flushCache();

    assertThat(called).containsExactly("here");
  }

  @Test
  void shouldNotCallAProcessorThatHasClosed() {
    CommitHook open = attached("open");
    attached("closed").detach();
    open.flushCache();

    assertThat(called).containsExactly("open");
  }

  private CommitHook attached(String name) {
    CommitHook hook = group.builder(name).build();
    hook.attach(noTask(), () -> called.add(name));
    return hook;
  }

  private static ProcessorContext<?, ?> noTask() {
    return (ProcessorContext<?, ?>)
        Proxy.newProxyInstance(
            CommitHookTest.class.getClassLoader(),
            new Class<?>[] {InternalProcessorContext.class},
            (proxy, method, arguments) -> null);
  }

  /** Forwards at commits what it was given. */
  private static final class Keep implements Processor<String, String, String, String> {
    private final List<Record<String, String>> kept = new ArrayList<>();
    private @Nullable ProcessorContext<String, String> context;

    @Override
    public void init(ProcessorContext<String, String> processorContext) {
      context = processorContext;
      CommitHook hook = processorContext.getStateStore("commits");
      hook.attach(processorContext, this::send);
    }

    @Override
    public void process(Record<String, String> record) {
      kept.add(record);
    }

    private void send() {
      if (context != null) {
        kept.forEach(context::forward);
        kept.clear();
      }
    }
  }
}
