using Brink.Taylor;

namespace Brink.Graphs.Operators.Onnx;

/// <summary>Recurrent layers of ONNX: X [length,n,input], W [directions,gates hidden,input], R [directions,gates hidden,hidden],
/// B [directions,2 gates hidden].</summary>
[Operators(Vocabulary.Onnx)]
internal static class Recurrent
{
    // Gates are packed in the order input, output, forget, cell.
    [Operator("LSTM", Fixed = [4])]
    private static Quantity[] Lstm(Call call)
    {
        return Layers(call, 4, hasCell: true, (x, state, part) =>
        {
            var gates = x + Recurrence.Affine(state.Hidden, part.Recurrent, part.RecurrentBias);
            var (i, o, f, c) = (Gate(gates, 0, part), Gate(gates, 1, part), Gate(gates, 2, part), Gate(gates, 3, part));
            var input = part.First(Seen(i, 0, state.Cell!));
            var forget = call.Flag("input_forget") ? (-1.0 * input) + 1 : part.First(Seen(f, 2, state.Cell!));
            var cell = (forget * state.Cell!) + (input * part.Second(c));
            return new(part.First(Seen(o, 1, cell)) * part.Third(cell), cell);

            // Connections from the cell to the gates (peepholes), in the order input, output, forget.
            Quantity Seen(Quantity gate, int k, Quantity cell) => part.Peepholes is { } weights
                ? gate + (cell * weights.Slice(0, k * part.Hidden, (k + 1) * part.Hidden))
                : gate;
        });
    }

    // Gates are packed in the order update, reset, hidden.
    [Operator("GRU", Fixed = [4])]
    private static Quantity[] Gru(Call call)
    {
        var resetsAfter = call.Flag("linear_before_reset");
        return Layers(call, 3, hasCell: false, (x, state, part) =>
        {
            var h = part.Hidden;
            var (weights, bias) = (part.Recurrent, part.RecurrentBias);
            var both = Recurrence.Affine(state.Hidden, weights.Slice(0, 0, 2 * h), bias?.Slice(0, 0, 2 * h));
            var update = part.First(Gate(x, 0, part) + both.Slice(1, 0, h));
            var reset = part.First(Gate(x, 1, part) + both.Slice(1, h, 2 * h));
            var (last, lastBias) = (weights.Slice(0, 2 * h, 3 * h), bias?.Slice(0, 2 * h, 3 * h));
            var recurrent = resetsAfter
                ? reset * Recurrence.Affine(state.Hidden, last, lastBias)
                : Recurrence.Affine(reset * state.Hidden, last, lastBias);
            var proposed = part.Second(Gate(x, 2, part) + recurrent);
            return new(proposed + (update * (state.Hidden - proposed)), null);
        });
    }

    [Operator("RNN", Fixed = [4])]
    private static Quantity[] Rnn(Call call) => Layers(call, 1, hasCell: false, (x, state, part) =>
        new(part.First(x + Recurrence.Affine(state.Hidden, part.Recurrent, part.RecurrentBias)), null));

    private static Quantity Gate(Quantity gates, int i, RecurrentPart part) => gates.Slice(1, i * part.Hidden, (i + 1) * part.Hidden);

    private static Quantity[] Layers(
        Call call, int gates, bool hasCell, Func<Quantity, RecurrentState, RecurrentPart, RecurrentState> step)
    {
        var batchFirst = call.Integer("layout", 0) == 1;
        var x = batchFirst ? call.Input(0).Swap(0, 1) : call.Input(0);
        var (length, n) = (x.Shape[0], x.Shape[1]);
        if (call.Optional(4) is { } lengths && lengths.Integers("lengths of the sequences").Any(l => l != length))
            throw new GraphException("sequences of different lengths are not supported; pad them, and export without lengths");
        if (call.Has("clip")) throw new GraphException("a clip of the gates is not supported");
        var hidden = call.Input(2).Shape[2];
        var directions = call.Text("direction", "forward") switch { "forward" => new[] { false }, "reverse" => [true], _ => [false, true] };
        var names = call.Argument("activations") is Argument.List list
            ? list.Items.OfType<Argument.Text>().Select(text => text.Value).ToArray()
            : [.. directions.SelectMany(_ => Default(gates))];
        var perDirection = Default(gates).Length;
        if (names.Length != perDirection * directions.Length)
            throw new GraphException($"{names.Length} activations; {perDirection * directions.Length} are needed");

        var results = directions.Select((isReverse, d) =>
        {
            var bias = call.Optional(3)?.Select(0, d);
            var part = new RecurrentPart(
                hidden,
                call.Input(2).Select(0, d),
                bias?.Slice(0, gates * hidden, 2 * gates * hidden),
                call.Optional(7)?.Select(0, d),
                [.. names.Skip(d * perDirection).Take(perDirection).Select(name => Activation(name, call, d * perDirection))]);
            var inputs = Recurrence.Affine(x, call.Input(1).Select(0, d), bias?.Slice(0, 0, gates * hidden));
            var start = new RecurrentState(Initial(5, d), hasCell ? Initial(6, d) : null);
            return Recurrence.Over(inputs, start, isReverse, (gate, state) => step(gate, state, part));
        }).ToArray();

        // Y [length,directions,n,hidden], or [n,length,directions,hidden].
        var y = Quantity.Concatenate([.. results.Select(result => result.Outputs.Unsqueeze(1))], 1);
        var h = Quantity.Concatenate([.. results.Select(result => result.Last.Hidden.Unsqueeze(0))], 0);
        Quantity[] all = hasCell ? [y, h, Quantity.Concatenate([.. results.Select(result => result.Last.Cell!.Unsqueeze(0))], 0)] : [y, h];
        return batchFirst ? [y.Transpose(2, 0, 1, 3), .. all.Skip(1).Select(state => state.Swap(0, 1))] : all;

        Quantity Initial(int i, int d) => call.Optional(i) is { } state
            ? (batchFirst ? state.Swap(0, 1) : state).Select(0, d)
            : Quantity.Of(zeros(n, hidden, dtype: ScalarType.Float64));
    }

    private static string[] Default(int gates) =>
        gates switch { 4 => ["Sigmoid", "Tanh", "Tanh"], 3 => ["Sigmoid", "Tanh"], _ => ["Tanh"] };

    private static Func<Quantity, Quantity> Activation(string name, Call call, int i)
    {
        var alpha = call.Numbers("activation_alpha")?.ElementAtOrDefault(i);
        var beta = call.Numbers("activation_beta")?.ElementAtOrDefault(i);
        Func<Value, Value> f = name.ToUpperInvariant() switch
        {
            "SIGMOID" => x => x.Sigmoid(),
            "TANH" => x => x.Tanh(),
            "RELU" => x => x.Relu(),
            "SOFTSIGN" => x => x.Softsign(),
            "SOFTPLUS" => x => x.Softplus(),
            "AFFINE" => x => (alpha ?? 1) * x,
            "LEAKYRELU" => x => x.LeakyRelu(alpha ?? 0.01),
            "ELU" => x => x.Elu(alpha ?? 1),
            "HARDSIGMOID" => x => x.HardSigmoid(alpha ?? 0.2, beta ?? 0.5),
            _ => throw new GraphException($"the activation '{name}' is not supported"),
        };
        return x => x.Map(f);
    }

    /// <summary>One direction of a layer.</summary>
    /// <param name="Hidden">Size of the state.</param>
    /// <param name="Recurrent">Weights of the state [gates hidden,hidden].</param>
    /// <param name="RecurrentBias">Shifts [gates hidden], or null.</param>
    /// <param name="Peepholes">Weights of the cell in the gates of an LSTM [3 hidden], or null.</param>
    /// <param name="Activations">Functions of the gates.</param>
    private sealed record RecurrentPart(
        long Hidden, Quantity Recurrent, Quantity? RecurrentBias, Quantity? Peepholes, IReadOnlyList<Func<Quantity, Quantity>> Activations)
    {
        public Quantity First(Quantity x) => Activations[0](x);

        public Quantity Second(Quantity x) => Activations[1](x);

        public Quantity Third(Quantity x) => Activations[2](x);
    }
}
