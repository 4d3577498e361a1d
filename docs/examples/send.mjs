// Sends one transaction to a running `./shoal demo --port-base 19092`, prints its prediction.
import { Kafka } from "kafkajs";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";

const kafka = new Kafka({ brokers: ["127.0.0.1:19092"] });
const registry = new SchemaRegistry({ host: "http://127.0.0.1:19093/apis/ccompat/v7" });
const id = `mine-${Date.now()}`;

const consumer = kafka.consumer({ groupId: id }); // reads committed records only, by default
await consumer.connect();
await consumer.subscribe({ topic: "predictions" });
await consumer.run({
  eachMessage: async ({ message }) => {
    const prediction = await registry.decode(message.value);
    if (prediction.transaction_id === id) {
      console.log(prediction);
      process.exit();
    }
  },
});

const producer = kafka.producer();
await producer.connect();
const schemaId = await registry.getLatestSchemaId("transactions-value");
const customer = "anna"; // the key: a customer's transactions stay in order
const transaction = {
  transaction_id: id, event_time: Date.now(), customer_id: customer, terminal_id: "corner-shop", amount: 999.5,
};
await producer.send({
  topic: "transactions",
  messages: [{ key: customer, value: await registry.encode(schemaId, transaction) }],
});
