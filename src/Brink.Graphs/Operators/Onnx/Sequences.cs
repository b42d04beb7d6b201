namespace Brink.Graphs.Operators.Onnx;

/// <summary>Attention and positions in sequences of ONNX.</summary>
[Operators(Vocabulary.Onnx)]
internal static class Sequences
{
    /// <summary>Attention of [n,heads,length,d], or of [n,length,heads d] with the numbers of heads as attributes.</summary>
    [Operator("Attention", Fixed = [3])]
    private static Quantity Attention(Call call)
    {
        if (call.Count > 4 && call.Node.Inputs.Skip(4).Any(input => input is not Argument.Missing))
            throw new GraphException("keys and values of earlier calls are not supported; export the model without a cache");
        if (call.Node.Outputs.Skip(1).Any(name => name.Length > 0))
            throw new GraphException("only the first result is supported; export the model without a cache");
        if (call.Number("softcap", 0) != 0) throw new GraphException("a cap of the scores (softcap) is not supported");
        var (query, key, value) = (call.Input(0), call.Input(1), call.Input(2));
        var isPacked = query.Rank == 3;
        if (isPacked)
            (query, key, value) = (Heads(query, "q_num_heads"), Heads(key, "kv_num_heads"), Heads(value, "kv_num_heads"));
        var y = ScaledAttention.Of(
            query, key, value, call.Optional(3), call.Flag("is_causal"), call.Has("scale") ? call.Number("scale", 1) : null);
        return isPacked ? Packed(y) : y;

        Quantity Heads(Quantity x, string count) => Apart(x, call.Integer(count));
    }

    /// <summary>Turns pairs of features by angles that depend on the position (Su et al. 2021, section 3.2.2).</summary>
    [Operator("RotaryEmbedding", Fixed = [1, 2, 3])]
    private static Quantity RotaryEmbedding(Call call)
    {
        var isPacked = call.Input(0).Rank == 3;
        var x = isPacked ? Apart(call.Input(0), call.Integer("num_heads")) : call.Input(0);
        var (cos, sin) = (Angles(call.Input(1)), Angles(call.Input(2)));
        var width = call.Integer("rotary_embedding_dim", 0) is > 0 and var given ? given : x.Shape[^1];
        var turned = call.Flag("interleaved") ? Interleaved() : Halves();
        var y = width == x.Shape[^1] ? turned : Quantity.Concatenate([turned, x.Slice(-1, width, x.Shape[^1])], -1);
        return isPacked ? Packed(y) : y;

        // [n,length,pairs] or a table [positions,pairs], to [n,1,length,pairs].
        Quantity Angles(Quantity table) => call.Optional(3) is { } positions
            ? table.Gather(0, positions.Known("positions")).Unsqueeze(1)
            : table.Unsqueeze(1);

        Quantity Halves()
        {
            var (a, b) = Turned(x.Slice(-1, 0, width / 2), x.Slice(-1, width / 2, width));
            return Quantity.Concatenate([a, b], -1);
        }

        Quantity Interleaved()
        {
            var (a, b) = Turned(x.Slice(-1, 0, width, 2), x.Slice(-1, 1, width, 2));
            return Quantity.Concatenate([a.Unsqueeze(-1), b.Unsqueeze(-1)], -1).Reshape([.. x.Shape[..^1], width]);
        }

        (Quantity First, Quantity Second) Turned(Quantity a, Quantity b) => ((a * cos) - (b * sin), (a * sin) + (b * cos));
    }

    /// <summary>[n,length,heads d] to [n,heads,length,d].</summary>
    private static Quantity Apart(Quantity x, long heads) =>
        x.Reshape(x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads).Transpose(0, 2, 1, 3);

    private static Quantity Packed(Quantity x) => x.Transpose(0, 2, 1, 3).Reshape(x.Shape[0], x.Shape[2], x.Shape[1] * x.Shape[3]);
}
