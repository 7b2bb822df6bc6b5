using System.Text;
using CloudNative.Local.PubSub.Delivering;
using CloudNative.Local.PubSub.Publishing;

namespace CloudNative.Local.Tests.PubSub;

public sealed class DecidingByTheAppsAnswer
{
    [Theory]
    [InlineData(200, "", "Acknowledge")]
    [InlineData(204, "", "Acknowledge")]
    [InlineData(200, "fine", "Acknowledge")]
    [InlineData(200, """{"a":1}""", "Acknowledge")]
    [InlineData(200, """{"status":"SUCCESS"}""", "Acknowledge")]
    [InlineData(200, """{"status":""}""", "Acknowledge")]
    [InlineData(200, """{"status":null}""", "Acknowledge")]
    [InlineData(200, """{"status":3}""", "Acknowledge")]
    [InlineData(200, """[{"status":"RETRY"}]""", "Acknowledge")]
    [InlineData(200, """{"status":"RETRY"} trailing""", "Acknowledge")]
    [InlineData(200, """{"status":"RETRY",""", "Acknowledge")]
    [InlineData(200, """{"inner":{"status":"DROP"}}""", "Acknowledge")]
    [InlineData(299, """{"status":"RETRY"}""", "Retry")]
    [InlineData(200, """{"Status":"RETRY"}""", "Retry")]
    [InlineData(200, """{"status":"success"}""", "Retry")]
    [InlineData(200, """{"status":"drop"}""", "Retry")]
    [InlineData(200, """{"status":"Completed"}""", "Retry")]
    [InlineData(201, """{"status":"DROP"}""", "Drop")]
    [InlineData(404, """{"status":"SUCCESS"}""", "Drop")]
    [InlineData(301, "", "Retry")]
    [InlineData(400, """{"status":"SUCCESS"}""", "Retry")]
    [InlineData(401, "", "Retry")]
    [InlineData(429, "", "Retry")]
    [InlineData(500, """{"status":"DROP"}""", "Retry")]
    [InlineData(100, "", "Retry")]
    public void status_and_body_decide(int status, string body, string verdict) =>
        AppVerdicts.Of(status, Encoding.UTF8.GetBytes(body)).ToString().ShouldBe(verdict);
}

public sealed class ScopingTopics
{
    [Theory]
    [InlineData("", "", "", "any", true)]
    [InlineData("events, audit", "", "", "audit", true)]
    [InlineData("events,audit", "", "", "events/lane-1", false)]
    [InlineData("", "events", "", "events", false)]
    [InlineData("", "events", "", "events/lane-1", true)]
    [InlineData("", "events", "orders=events", "events", true)]
    [InlineData("", "", "orders=events;billing=audit", "audit", false)]
    [InlineData("", "", "billing=audit", "events", true)]
    [InlineData("", "", "orders=", "events", false)]
    [InlineData("events", "", "orders=audit", "audit", false)]
    public void a_topic_is_open_when_no_list_closes_it(string allowed, string guarded, string scopes, string topic, bool isOpen)
    {
        var metadata = new Dictionary<string, string> { ["allowedTopics"] = allowed, ["protectedTopics"] = guarded };

        TopicScopes.Of(new Dictionary<string, string>(metadata) { ["publishingScopes"] = scopes }, "orders").MayPublish(topic).ShouldBe(isOpen);
        TopicScopes.Of(new Dictionary<string, string>(metadata) { ["subscriptionScopes"] = scopes }, "orders").MaySubscribe(topic).ShouldBe(isOpen);
    }
}

public sealed class NamesOfHeaders
{
    [Theory]
    [InlineData("partitionKey", "Partitionkey")]
    [InlineData("__sequenceNumber", "__sequencenumber")]
    [InlineData("Some-key", "Some-Key")]
    [InlineData("cloudevent.Type", "Cloudevent.type")]
    public void are_spelt_as_Go_spells_them(string name, string header) => DeliveryHeaders.Canonical(name).ShouldBe(header);

    [Theory]
    [InlineData("ok", "vä lue", true)]
    [InlineData("not ok", "v", false)]
    [InlineData("", "v", false)]
    [InlineData("ok", "two\r\nlines", false)]
    public void and_values_are_sent_only_when_they_can_be(string name, string value, bool isSendable) =>
        DeliveryHeaders.IsSendable(name, value).ShouldBe(isSendable);
}
