using System.Text.Json;

namespace CloudNative.BuildingBlocks.Events;

/// <summary>The attributes of a structured CloudEvent that matter here, and where its data stands.</summary>
internal sealed record CloudEventEnvelope
{
    public bool IsCloudEvent { get; init; }

    public string? Id { get; init; }

    public string? Type { get; init; }

    public string? Time { get; init; }

    public string? ReplayTo { get; init; }

    public bool Replayed { get; init; }

    public int Resubmitted { get; init; }

    /// <summary>The raw text of <c>data</c>; null where the event has none (or <c>data_base64</c> instead).</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>Reads the envelope; the data inside is only walked over.</summary>
    /// <exception cref="JsonException">The bytes are no JSON object.</exception>
    public static CloudEventEnvelope Read(ReadOnlyMemory<byte> body)
    {
        var reader = new Utf8JsonReader(body.Span);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        var envelope = new CloudEventEnvelope();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            envelope = ReadMember(envelope, ref reader, body);
        // Reads to the end of the input: whatever follows the object is an error.
        while (reader.Read())
        {
        }

        return envelope;
    }

    private static CloudEventEnvelope ReadMember(CloudEventEnvelope envelope, ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        if (reader.ValueTextEquals("data"u8))
            return envelope with { Data = RawValue(ref reader, body) };
        if (reader.ValueTextEquals("id"u8))
            return envelope with { Id = Text(ref reader) };
        if (reader.ValueTextEquals("type"u8))
            return envelope with { Type = Text(ref reader) };
        if (reader.ValueTextEquals("time"u8))
            return envelope with { Time = Text(ref reader) };
        if (reader.ValueTextEquals("specversion"u8))
            return envelope with { IsCloudEvent = Text(ref reader) is not null };
        if (reader.ValueTextEquals("replayto"u8))
            return envelope with { ReplayTo = Text(ref reader) };
        if (reader.ValueTextEquals("replayed"u8))
            return envelope with { Replayed = Text(ref reader) is not (null or "false" or "False") };
        if (reader.ValueTextEquals("resubmitted"u8))
            return envelope with { Resubmitted = int.TryParse(Text(ref reader), out var times) && times > 0 ? times : 0 };
        reader.Read();
        reader.Skip();
        return envelope;
    }

    private static ReadOnlyMemory<byte> RawValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return body[start..(int)reader.BytesConsumed];
    }

    // Extension attributes come as text, number or boolean, whatever the publisher's binding made of them.
    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                var text = reader.GetString();
                return string.IsNullOrEmpty(text) ? null : text;
            case JsonTokenType.Number:
                return System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
            case JsonTokenType.True:
                return "true";
            default:
                reader.Skip();
                return null;
        }
    }
}
