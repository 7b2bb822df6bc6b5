using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CloudNative.Local.Resources;

/// <summary>One document of a YAML stream, and the line of the file on which it starts (from 1).</summary>
internal sealed record YamlDocument(string Text, int Line)
{
    /// <summary>Cuts before parsing, as daprd does, so that a broken document leaves its neighbours readable.</summary>
    public static IEnumerable<YamlDocument> Split(string text)
    {
        var lines = text.Split('\n');
        var start = 0;
        for (var index = 0; index <= lines.Length; index++)
        {
            if (index < lines.Length && !lines[index].StartsWith("---", StringComparison.Ordinal))
                continue;
            if (lines[start..index].Any(HoldsContent))
                yield return new YamlDocument(string.Join('\n', lines[start..index]), start + 1);
            start = index + 1;
        }
    }

    /// <exception cref="YamlException">The document is no YAML; its position counts within the document.</exception>
    public YamlNode Parse()
    {
        var stream = new YamlStream();
        using var reader = new StringReader(Text);
        stream.Load(reader);
        return stream.Documents.Count == 0 ? new YamlMappingNode() : stream.Documents[0].RootNode;
    }

    public int LineInFile(Mark mark) => Line + (int)mark.Line - 1;

    private static bool HoldsContent(string line)
    {
        var content = line.AsSpan().Trim();
        return !content.IsEmpty && content[0] != '#';
    }
}
