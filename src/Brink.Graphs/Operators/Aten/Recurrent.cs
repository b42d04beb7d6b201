using Brink.Taylor;

namespace Brink.Graphs.Operators.Aten;

/// <summary>Recurrent layers of ATen. The parameters of each layer and direction are W [gates hidden,input], R [gates
/// hidden,hidden] and, with biases, two shifts [gates hidden].</summary>
[Operators(Vocabulary.Aten)]
internal static class Recurrent
{
    // Gates are packed in the order input, forget, cell, output.
    [Operator("aten.lstm.input")]
    private static Quantity[] Lstm(Call call)
    {
        var initial = call.Tensors("hx").OfType<Quantity>().ToArray();
        var (y, states) = Layers(call, initial[0], initial[1], (x, state, weight, bias) =>
        {
            var gates = x + Recurrence.Affine(state.Hidden, weight, bias);
            var (i, f, o) = (Sigmoid(gates, 0), Sigmoid(gates, 1), Sigmoid(gates, 3));
            var cell = (f * state.Cell!) + (i * Part(gates, 2, 4).Map(value => value.Tanh()));
            return new(o * cell.Map(value => value.Tanh()), cell);
        });
        return [y, Joined(states.Select(state => state.Hidden)), Joined(states.Select(state => state.Cell!))];

        Quantity Sigmoid(Quantity gates, int i) => Part(gates, i, 4).Map(value => value.Sigmoid());
    }

    // Gates are packed in the order reset, update, new.
    [Operator("aten.gru.input")]
    private static Quantity[] Gru(Call call)
    {
        var (y, states) = Layers(call, call.Tensor("hx"), null, (x, state, weight, bias) =>
        {
            var recurrent = Recurrence.Affine(state.Hidden, weight, bias);
            var reset = (Part(x, 0, 3) + Part(recurrent, 0, 3)).Map(value => value.Sigmoid());
            var update = (Part(x, 1, 3) + Part(recurrent, 1, 3)).Map(value => value.Sigmoid());
            var proposed = (Part(x, 2, 3) + (reset * Part(recurrent, 2, 3))).Map(value => value.Tanh());
            return new(proposed + (update * (state.Hidden - proposed)), null);
        });
        return [y, Joined(states.Select(state => state.Hidden))];
    }

    [Operator("aten.rnn_tanh.input")]
    private static Quantity[] RnnTanh(Call call) => Rnn(call, value => value.Tanh());

    [Operator("aten.rnn_relu.input")]
    private static Quantity[] RnnRelu(Call call) => Rnn(call, value => value.Relu());

    private static Quantity[] Rnn(Call call, Func<Value, Value> f)
    {
        var (y, states) = Layers(call, call.Tensor("hx"), null, (x, state, weight, bias) =>
            new((x + Recurrence.Affine(state.Hidden, weight, bias)).Map(f), null));
        return [y, Joined(states.Select(state => state.Hidden))];
    }

    private static Quantity Part(Quantity gates, int i, int count)
    {
        var size = gates.Shape[1] / count;
        return gates.Slice(1, i * size, (i + 1) * size);
    }

    private static Quantity Joined(IEnumerable<Quantity> states) =>
        Quantity.Concatenate([.. states.Select(state => state.Unsqueeze(0))], 0);

    private static (Quantity Outputs, IReadOnlyList<RecurrentState> States) Layers(
        Call call,
        Quantity hidden,
        Quantity? cell,
        Func<Quantity, RecurrentState, Quantity, Quantity?, RecurrentState> step)
    {
        Dropouts.RefuseActive(call.Flag("train"), call.Number("dropout", 0));
        var (batchFirst, hasBias, bidirectional) = (call.Flag("batch_first"), call.Flag("has_biases"), call.Flag("bidirectional"));
        var parameters = call.Tensors("params").OfType<Quantity>().ToArray();
        var x = call.Tensor("input");
        var isSingle = x.Rank == 2;
        if (isSingle) (x, hidden, cell, batchFirst) = (x.Unsqueeze(1), hidden.Unsqueeze(1), cell?.Unsqueeze(1), false);
        if (batchFirst) x = x.Swap(0, 1);
        var (directions, each) = (bidirectional ? 2 : 1, hasBias ? 4 : 2);
        var states = new List<RecurrentState>();
        for (var layer = 0; layer < call.Integer("num_layers"); layer++)
        {
            var outputs = new List<Quantity>();
            for (var d = 0; d < directions; d++)
            {
                var k = (layer * directions) + d;
                var part = parameters[(k * each)..((k + 1) * each)];
                var inputs = Recurrence.Affine(x, part[0], hasBias ? part[2] : null);
                var start = new RecurrentState(hidden.Select(0, k), cell?.Select(0, k));
                var (y, last) = Recurrence.Over(
                    inputs, start, d == 1, (gate, state) => step(gate, state, part[1], hasBias ? part[3] : null));
                outputs.Add(y);
                states.Add(last);
            }
            x = Quantity.Concatenate(outputs, 2);
        }
        if (isSingle)
        {
            return (
                x.Squeeze(1),
                [.. states.Select(state => new RecurrentState(state.Hidden.Squeeze(0), state.Cell?.Squeeze(0)))]);
        }
        return (batchFirst ? x.Swap(0, 1) : x, states);
    }
}
