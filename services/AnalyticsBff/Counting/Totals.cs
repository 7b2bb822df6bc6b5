using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.AnalyticsBff;

/// <summary>The counter of one user and month: counts by column, in the order of their names. Zeros are left out.</summary>
internal sealed class Totals
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => counts;

    public long Total => counts.Values.Sum();

    public static Totals Read(StateEntry entry)
    {
        var totals = new Totals();
        if (!entry.Exists)
            return totals;
        var reader = new Utf8JsonReader(entry.Value.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var column = reader.GetString()!;
            reader.Read();
            totals.counts[column] = reader.GetInt64();
        }

        return totals;
    }

    public void Add(Increment increment, int maxTypes)
    {
        var column = counts.ContainsKey(increment.Column) || counts.Count < maxTypes ? increment.Column : ColumnName.Other;
        var count = counts.GetValueOrDefault(column) + increment.Amount;
        if (count == 0)
            counts.Remove(column);
        else
            counts[column] = count;
    }

    public ReadOnlyMemory<byte> ToDocument()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, Compact);
        json.WriteStartObject();
        WriteCounts(json);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    public void WriteCounts(Utf8JsonWriter json)
    {
        foreach (var (column, count) in counts)
            json.WriteNumber(column, count);
    }
}
