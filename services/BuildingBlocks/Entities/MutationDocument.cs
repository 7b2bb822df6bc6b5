using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>
/// What a mutation id came to, <c>mutation-&lt;id&gt;</c> = <c>{tx, fingerprint, id, v, data}</c>, written once, in the mutation's own
/// transaction: a repetition is answered from it. <paramref name="Id"/> is the entity's, <paramref name="After"/> what became of it.
/// </summary>
internal sealed record MutationDocument(string Fingerprint, string Id, EntityDocument After)
{
    public static string KeyOf(string mutationId) => $"mutation-{StateKey.ForId(mutationId)}";

    public static string Hash(string fingerprint) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fingerprint)));

    /// <exception cref="JsonException">The document is not a mutation's.</exception>
    public static MutationDocument Read(ReadOnlyMemory<byte> document) => new(
        RawJson.Text(document, "fingerprint"u8) ?? throw new JsonException("A mutation's document has no fingerprint."),
        RawJson.Text(document, "id"u8) ?? throw new JsonException("A mutation's document has no id."),
        new EntityDocument(RawJson.Number(document, "v"u8) ?? 0, RawJson.Present(document, "data"u8)));

    public ReadOnlyMemory<byte> Write(string tx)
    {
        var buffer = new ArrayBufferWriter<byte>(After.Data.Length + 256);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("tx"u8, tx);
        writer.WriteString("fingerprint"u8, Fingerprint);
        writer.WriteString("id"u8, Id);
        writer.WriteNumber("v"u8, After.Version);
        writer.WritePropertyName("data"u8);
        if (After.IsLive)
            writer.WriteRawValue(After.Data.Span, skipInputValidation: true);
        else
            writer.WriteNullValue();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
