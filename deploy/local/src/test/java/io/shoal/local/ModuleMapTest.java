package io.shoal.local;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The module map of docs/architecture.md, as a check that fails. */
@AnalyzeClasses(packages = "io.shoal", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleMapTest {
  private static final String FLINK = "org.apache.flink..";

  /** Holds a job to Flink 1; it has its own module. */
  private static final String FLINK_ML = "org.apache.flink.ml..";

  private static final String STREAMS = "org.apache.kafka.streams..";
  private static final String BROKER = "kafka..";
  private static final String HTTP_SERVER = "com.linecorp.armeria..";

  @ArchTest
  static final ArchRule theNumericHeartKnowsNothingOfTheRest =
      classes()
          .that()
          .resideInAPackage("io.shoal.kmeans")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.shoal.kmeans",
              "java..",
              "org.apache.datasketches..",
              "org.slf4j..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule nobodyChoosesAKernelByItsClass =
      noClasses()
          .that(not(resideInAnyPackage("io.shoal.kmeans.simd..", "io.shoal.kmeans.opencl..")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.shoal.kmeans.simd..", "io.shoal.kmeans.opencl..", "com.aparapi..");

  @ArchTest
  static final ArchRule modelFilesKnowOnlyTheNumericHeart =
      classes()
          .that()
          .resideInAPackage("io.shoal.kmeans.exchange..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.shoal.kmeans",
              "io.shoal.kmeans.exchange..",
              "java..",
              "javax.xml..",
              "org.xml.sax..",
              "jakarta.xml.bind..",
              "org.dmg.pmml..",
              "org.jpmml.model..",
              "ai.onnx.proto..",
              "com.google.protobuf..",
              "org.jspecify..");

  @ArchTest
  static final ArchRule contractsKnowOnlyAvroAndKafka =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.schemas..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.shoal.kmeans..",
              "io.shoal.features..",
              "io.shoal.registry..",
              "io.shoal.jobs..",
              "io.shoal.serving..",
              FLINK,
              STREAMS);

  @ArchTest
  static final ArchRule theTrainerKnowsNotTheSidecar =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.jobs..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.shoal.serving..", "io.shoal.registry.server..", FLINK_ML, STREAMS, BROKER);

  @ArchTest
  static final ArchRule theSidecarKnowsNotTheTrainer =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.shoal.jobs..", "io.shoal.registry.server..", FLINK, BROKER);

  @ArchTest
  static final ArchRule modelsOnRequestNeedNoKafka =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.inference..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.shoal.serving..",
              "io.shoal.features..",
              "io.shoal.schemas..",
              "io.shoal.registry..",
              FLINK,
              "org.apache.kafka..",
              BROKER);

  @ArchTest
  static final ArchRule theRegistryKnowsNeither =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.registry..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.shoal.jobs..",
              "io.shoal.serving..",
              "io.shoal.console..",
              FLINK,
              STREAMS,
              BROKER);

  @ArchTest
  static final ArchRule theConsoleKnowsTheRegistryAlone =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.console..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.shoal.jobs..", "io.shoal.serving..", "io.shoal.replay..", FLINK, STREAMS, BROKER);

  @ArchTest
  static final ArchRule clientsBringNoServer =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.registry.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.shoal.registry.server..", HTTP_SERVER);

  @ArchTest
  static final ArchRule programmersGetNeitherKafkaStreamsNorFlinkNorAServer =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.shoal.registry.server..", HTTP_SERVER, FLINK, STREAMS, BROKER);

  @ArchTest
  static final ArchRule onlyTheAssemblyKnowsAllParts =
      noClasses()
          .that(not(resideInAnyPackage("io.shoal.local..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.shoal.local..");

  @ArchTest
  static final ArchRule onlyTheExportKnowsParquet =
      noClasses()
          .that(not(resideInAnyPackage("io.shoal.features.export..")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.parquet..", "org.apache.hadoop..");

  @ArchTest
  static final ArchRule featuresKnowNoModel =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.features..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.shoal.kmeans..", "io.shoal.registry..", "io.shoal.serving..");

  @ArchTest
  static final ArchRule theReplayHasTheServicesClassesWithoutTheirEngines =
      noClasses()
          .that()
          .resideInAPackage("io.shoal.replay..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(FLINK, STREAMS, BROKER, "org.apache.kafka.clients..");

  @ArchTest
  static final ArchRule servicesKnowNotTheReplay =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.shoal.jobs..", "io.shoal.serving..", "io.shoal.registry..", "io.shoal.features..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.shoal.replay..");

  @ArchTest
  static final ArchRule noCycles = slices().matching("io.shoal.(*)..").should().beFreeOfCycles();
}
