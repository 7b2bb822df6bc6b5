using System.Text;
using CloudNative.Local.Json;
using CloudNative.Local.PubSub.CloudEvents;

namespace CloudNative.Local.Tests.PubSub;

public sealed class MakingCloudEvents
{
    private const string Parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    private const string Tail = "\"id\":\"11111111-2222-3333-4444-555555555555\",\"pubsubname\":\"p\",\"source\":\"orders\",\"specversion\":\"1.0\","
        + "\"time\":\"2026-11-25T10:11:12+02:00\",\"topic\":\"t\",\"traceid\":\"\",\"traceparent\":\"\",\"tracestate\":\"\",\"type\":\"com.dapr.event.sent\"}";

    private static readonly EnvelopeStamp Stamp = new(
        "orders", Guid.Parse("11111111-2222-3333-4444-555555555555"), new DateTimeOffset(2026, 11, 25, 10, 11, 12, 999, TimeSpan.FromHours(2)));

    [Theory]
    [InlineData("application/json", """{"z":1.10, "a":[1e3,-0.0], "a2":"<&>é"}""", "\"data\":{\"a\":[1e3,-0.0],\"a2\":\"\\u003c\\u0026\\u003eé\",\"z\":1.10}")]
    [InlineData("Application/JSON; charset=utf-8", "null", "\"data\":null")]
    [InlineData("application/json", "{\"a\":1} trailing", "\"data\":{\"a\":1}")]
    [InlineData("application/json", "{\"a\":", "\"data\":\"{\\\"a\\\":\"")]
    [InlineData("application/json", "", "\"data\":\"\"")]
    [InlineData("text/plain", "a\tb\u2028\"", "\"data\":\"a\\tb\\u2028\\\"\"")]
    [InlineData("application/vnd.x+json", "{}", "\"data\":\"{}\"")]
    [InlineData("application/octet-stream", "{\"a\":1}", "\"data_base64\":\"eyJhIjoxfQ==\"")]
    [InlineData("application/x-protobuf", "x", "\"data_base64\":\"eA==\"")]
    public void an_event_is_wrapped_byte_for_byte_as_daprd_does_it(string contentType, string body, string data) =>
        Create(contentType, body).ShouldBe($"{{{data},\"datacontenttype\":\"{contentType}\",{Tail}");

    [Fact]
    public void no_content_type_is_text() => Create("", "x").ShouldBe($"{{\"data\":\"x\",\"datacontenttype\":\"text/plain\",{Tail}");

    [Fact]
    public void a_time_without_offset_is_written_as_Z() =>
        CloudEventEnvelope.Rfc3339(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)).ShouldBe("2026-01-02T03:04:05Z");

    [Fact]
    public void metadata_overrides_what_it_may_in_any_case_and_not_when_empty()
    {
        var made = Create("text/plain", "x", ("cloudevent.id", "e-1"), ("CloudEvent.Type", "made"), ("cloudevent.subject", "s"),
            ("cloudevent.source", ""), ("cloudevent.topic", "no"), ("cloudevent.traceid", "ignored"), ("cloudevent.traceparent", Parent));

        made.ShouldBe("{\"data\":\"x\",\"datacontenttype\":\"text/plain\",\"id\":\"e-1\",\"pubsubname\":\"p\",\"source\":\"orders\",\"specversion\":\"1.0\","
            + $"\"subject\":\"s\",\"time\":\"2026-11-25T10:11:12+02:00\",\"topic\":\"t\",\"traceid\":\"{Parent}\",\"traceparent\":\"{Parent}\",\"tracestate\":\"\",\"type\":\"made\"}}");
    }

    [Theory]
    [InlineData("60", "2026-11-25T08:12:12Z")]
    [InlineData("1h30m", "2026-11-25T09:41:12Z")]
    [InlineData("0", "2026-11-25T08:11:12Z")]
    [InlineData("abc", null)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("", null)]
    public void a_time_to_live_becomes_an_expiration_in_UTC(string ttl, string? expiration)
    {
        var expected = expiration is null ? "" : $"\"expiration\":\"{expiration}\",";
        Create("text/plain", "x", ("ttlInSeconds", ttl)).ShouldBe($"{{\"data\":\"x\",\"datacontenttype\":\"text/plain\",{expected}{Tail}");
    }

    [Fact]
    public void an_event_of_the_apps_own_keeps_all_but_topic_and_pubsubname_and_gets_what_is_absent()
    {
        var made = Create("application/cloudevents+json; charset=utf-8", """{"type":"","topic":"x","\ue000":1,"𐀀":2,"id":7,"data":{"b":1.50,"a":1},"traceparent":"lone"}""");

        made.ShouldBe("{\"data\":{\"a\":1,\"b\":1.50},\"id\":7,\"pubsubname\":\"p\",\"source\":\"Dapr\",\"specversion\":\"1.0\",\"time\":\"2026-11-25T10:11:12+02:00\","
            + "\"topic\":\"t\",\"traceid\":\"\",\"traceparent\":\"\",\"tracestate\":\"\",\"type\":\"\",\"\ue000\":1,\"𐀀\":2}");
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("{\"a\":", "unexpected EOF")]
    [InlineData("[1]", "json: cannot unmarshal array into Go value of type map[string]interface {}")]
    [InlineData("\"x\"", "json: cannot unmarshal string into Go value of type map[string]interface {}")]
    [InlineData("5", "json: cannot unmarshal number into Go value of type map[string]interface {}")]
    [InlineData("true", "json: cannot unmarshal bool into Go value of type map[string]interface {}")]
    [InlineData("null", "json: cannot unmarshal null into Go value of type map[string]interface {}")]
    public void an_event_of_the_apps_own_that_is_no_object_is_refused_in_Gos_words(string body, string error) =>
        Should.Throw<GoJsonException>(() => Create("application/cloudevents+json", body)).Message.ShouldBe(error);

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", true)]
    [InlineData("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false)]
    [InlineData("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false)]
    [InlineData("00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false)]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void only_a_valid_trace_parent_is_passed_on(string? sent, bool isPassedOn) =>
        TraceContext.From(sent, "k=v").ShouldBe(isPassedOn ? new TraceContext(sent!, "k=v") : TraceContext.None);

    private static string Create(string contentType, string body, params (string Key, string Value)[] metadata) =>
        Encoding.UTF8.GetString(CloudEventEnvelope.Create(
            new PublishedEvent("p", "t", Encoding.UTF8.GetBytes(body), contentType, metadata.ToDictionary(pair => pair.Key, pair => pair.Value), TraceContext.None),
            Stamp));
}

public sealed class DurationsOfGo
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("90s", 90_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("-2s", -2_000)]
    [InlineData("+3ms", 3)]
    [InlineData("1m1s1ms", 61_001)]
    [InlineData("168h", 604_800_000)]
    [InlineData(".5s", 500)]
    public void are_read(string text, double milliseconds)
    {
        GoDuration.TryParse(text, out var duration).ShouldBeTrue();
        duration.TotalMilliseconds.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("1d")]
    [InlineData("1s2")]
    [InlineData(".s")]
    [InlineData("1..2s")]
    [InlineData("- 1s")]
    [InlineData("999999999999h")]
    public void are_refused_when_they_are_none(string text) => GoDuration.TryParse(text, out _).ShouldBeFalse();
}

public sealed class ReadingDeliveredEvents
{
    [Theory]
    [InlineData("""{"traceparent":"a","traceid":"b"}""", "a", null)]
    [InlineData("""{"traceid":"b","expiration":"c"}""", "b", "c")]
    [InlineData("""{"traceparent":5,"data":{"traceid":"inner","expiration":"inner"}}""", null, null)]
    [InlineData("{ }\n", null, null)]
    public void only_top_level_text_counts(string json, string? trace, string? expiration) =>
        DeliveredEvent.TryRead(Encoding.UTF8.GetBytes(json)).ShouldBe(new DeliveredEvent(trace, expiration));

    [Theory]
    [InlineData("")]
    [InlineData("plain bytes")]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{\"a\":")]
    [InlineData("{} {}")]
    public void what_is_no_object_is_no_event(string text) => DeliveredEvent.TryRead(Encoding.UTF8.GetBytes(text)).ShouldBeNull();

    [Fact]
    public void bytes_that_are_no_text_do_not_break_it() =>
        DeliveredEvent.TryRead([(byte)'{', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)':', (byte)'1', (byte)'}']).ShouldNotBeNull();

    [Theory]
    [InlineData("1985-01-01T00:00:00Z", true)]
    [InlineData("2026-11-25T08:11:12Z", true)]
    [InlineData("2026-11-25T10:11:13+02:00", false)]
    [InlineData("nonsense", false)]
    [InlineData("2020", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void an_event_has_expired_when_its_time_is_reached(string? expiration, bool hasExpired) =>
        EventExpiration.HasExpired(expiration, new DateTimeOffset(2026, 11, 25, 8, 11, 12, TimeSpan.Zero)).ShouldBe(hasExpired);
}
