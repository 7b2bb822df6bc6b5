namespace CloudNative.Local.Json;

/// <summary>
/// One pass over the text without recursion. Members are written as they come and put in order when their object closes;
/// most objects arrive in order, and then nothing moves.
/// </summary>
internal ref struct GoJsonTranscoder(ReadOnlySpan<byte> input, GoNumbers numbers)
{
    // The limit of encoding/json's scanner.
    private const int MaxDepth = 10_000;

    private readonly ReadOnlySpan<byte> input = input;
    private readonly GoNumbers numbers = numbers;
    private readonly GoJsonMembers members = new();
    private readonly Stack<bool> objects = new();
    private ByteBuffer output = new(input.Length + 16);
    private ByteBuffer scratch = new(0);
    private string? outOfRange;
    private int at;

    /// <returns>The value written again.</returns>
    public byte[] Run(out int consumed)
    {
        SkipSpace();
        if (at == input.Length)
            throw new GoJsonException("EOF");
        do
        {
            while (OpensContainer())
            {
            }
        }
        while (MovesToNextElement());
        // A malformed value is reported before a number in it that is too large: Go scans first and converts later.
        if (outOfRange is not null)
            throw new GoJsonException($"json: cannot unmarshal number {outOfRange} into Go value of type float64");
        consumed = at;
        return output.Written.ToArray();
    }

    public readonly void Dispose()
    {
        output.Dispose();
        scratch.Dispose();
        members.Dispose();
    }

    /// <summary>Reads the beginning of a value; true where an element follows inside it, false where the value is complete.</summary>
    private bool OpensContainer()
    {
        SkipSpace();
        var c = Peek();
        switch (c)
        {
            case (byte)'{':
                return OpensObject();
            case (byte)'[':
                return OpensArray();
            case (byte)'"':
                String(ref output);
                return false;
            case (byte)'t':
                Literal("true"u8);
                return false;
            case (byte)'f':
                Literal("false"u8);
                return false;
            case (byte)'n':
                Literal("null"u8);
                return false;
            default:
                if (c != '-' && !char.IsAsciiDigit((char)c))
                    throw Unexpected("looking for beginning of value");
                Number();
                return false;
        }
    }

    private bool OpensObject()
    {
        Enter(isObject: true);
        SkipSpace();
        if (Peek() != '}')
        {
            MemberName();
            return true;
        }
        Leave();
        return false;
    }

    private bool OpensArray()
    {
        Enter(isObject: false);
        SkipSpace();
        if (Peek() != ']')
            return true;
        Leave();
        return false;
    }

    /// <summary>Behind a complete value: closes what ends here; false where the outermost value is complete.</summary>
    private bool MovesToNextElement()
    {
        while (objects.TryPeek(out var isObject))
        {
            SkipSpace();
            var c = Peek();
            if (c == (isObject ? '}' : ']'))
            {
                if (isObject)
                    members.End(output.Length);
                Leave();
                continue;
            }
            if (c != ',')
                throw Unexpected(isObject ? "after object key:value pair" : "after array element");
            NextElement(isObject);
            return true;
        }
        return false;
    }

    private void NextElement(bool isObject)
    {
        at++;
        if (isObject)
            members.End(output.Length);
        output.Append((byte)',');
        if (!isObject)
            return;
        SkipSpace();
        MemberName();
    }

    private void MemberName()
    {
        if (Peek() != '"')
            throw Unexpected("looking for beginning of object key string");
        members.Begin(output.Length);
        String(ref output);
        members.Name(scratch.Written);
        SkipSpace();
        if (Peek() != ':')
            throw Unexpected("after object key");
        at++;
        output.Append((byte)':');
    }

    private void Enter(bool isObject)
    {
        if (objects.Count >= MaxDepth)
            throw Unexpected("exceeded max depth");
        output.Append(input[at++]);
        objects.Push(isObject);
        if (isObject)
            members.OpenObject();
    }

    private void Leave()
    {
        if (objects.Pop())
            members.CloseObject(ref output);
        output.Append(input[at++]);
    }

    /// <summary>Writes the string at hand; its decoded text is in <see cref="scratch"/> afterwards.</summary>
    private void String(ref ByteBuffer to)
    {
        at++;
        scratch.Truncate(0);
        GoJsonText.Decode(input, ref at, ref scratch);
        GoJsonText.Encode(scratch.Written, ref to);
    }

    private void Literal(ReadOnlySpan<byte> word)
    {
        var start = at++;
        foreach (var expected in word[1..])
        {
            if (Peek() != expected)
                throw Unexpected($"in literal {System.Text.Encoding.ASCII.GetString(word)} (expecting '{(char)expected}')");
            at++;
        }
        output.Append(input[start..at]);
    }

    private void Number()
    {
        var text = input.Slice(at, GoJsonNumber.Length(input, at));
        at += text.Length;
        if (numbers == GoNumbers.Verbatim || GoJsonNumber.IsShortest(text))
            output.Append(text);
        else if (!GoJsonNumber.TryWrite(text, ref output))
            outOfRange ??= System.Text.Encoding.ASCII.GetString(text);
    }

    private void SkipSpace()
    {
        while (at < input.Length && input[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            at++;
    }

    private readonly byte Peek() => at < input.Length ? input[at] : throw new GoJsonException("unexpected EOF");

    private readonly GoJsonException Unexpected(string context) => GoJsonText.Unexpected(input[at], context);
}
