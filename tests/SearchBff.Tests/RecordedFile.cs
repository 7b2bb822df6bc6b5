using System.Text.Json.Nodes;

namespace CloudNative.SearchBff.Tests;

/// <summary>What a real OpenSearch answered.</summary>
internal static class RecordedFile
{
    public static JsonObject Read(string name) =>
        JsonNode.Parse(File.ReadAllText(PathOf(name)))!.AsObject();

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Recordings", $"{name}.json");
}
