using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CloudNative.BuildingBlocks.Events;

/// <summary>
/// Fills in what a document lacks and leaves every other byte as it was: absent members are appended before the closing brace, members
/// that stand there null or empty get their value in place (appending would name them twice).
/// </summary>
internal static class DocumentCompletion
{
    public static ReadOnlyMemory<byte> Complete(
        ReadOnlyMemory<byte> document, DocumentMembers members, string id, string type, long timestamp, string partitionKey)
    {
        var missing = new List<Missing>();
        AddText(missing, "id", members.Id, id);
        AddText(missing, "type", members.Type, type);
        if (members.Timestamp is null)
            missing.Add(new Missing("timestamp", members.BlankTimestamp, timestamp.ToString(CultureInfo.InvariantCulture)));
        AddText(missing, "partitionKey", members.PartitionKey, partitionKey);
        if (!members.HasTags)
            missing.Add(new Missing("tags", members.BlankTags, "{}"));
        return missing.Count == 0 ? document : Fill(document, missing, members.IsEmpty);
    }

    private static void AddText(List<Missing> missing, string name, TextMember member, string value)
    {
        if (member.Value is null)
            missing.Add(new Missing(name, member.Blank, $"\"{JsonEncodedText.Encode(value)}\""));
    }

    private static ReadOnlyMemory<byte> Fill(ReadOnlyMemory<byte> document, List<Missing> missing, bool isEmpty)
    {
        var completed = new ArrayBufferWriter<byte>(document.Length + 256);
        var copied = 0;
        foreach (var inPlace in missing.Where(m => m.Blank is not null).OrderBy(m => m.Blank!.Value.Start.Value))
        {
            completed.Write(document.Span[copied..inPlace.Blank!.Value.Start.Value]);
            Write(completed, inPlace.Json);
            copied = inPlace.Blank.Value.End.Value;
        }

        completed.Write(document.Span[copied..^1]);
        var separator = isEmpty ? "" : ",";
        foreach (var absent in missing.Where(m => m.Blank is null))
        {
            Write(completed, $"{separator}\"{absent.Name}\":{absent.Json}");
            separator = ",";
        }

        Write(completed, "}");
        return completed.WrittenMemory;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, string text) => Encoding.UTF8.GetBytes(text, buffer);

    private sealed record Missing(string Name, Range? Blank, string Json);
}
