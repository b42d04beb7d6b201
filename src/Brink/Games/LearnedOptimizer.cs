using Brink.Objectives;

namespace Brink.Games;

/// <summary>A network that plays games: an LSTM cell and a linear layer, the same for each parameter, weight
/// the directions xi, A^T xi and S xi (Chen, Vadori, Chen and Wang, ICML 2023).</summary>
/// <remarks>u = tanh(O h) and w' = w - (u0 xi - u1 A^T xi - u2 S xi) for each parameter separately: a positive
/// u1 or u2 <i>adds</i> its direction. There is no other learning rate. Weights have the layout of PyTorch's
/// LSTMCell, with gates in the order input, forget, cell, output. Memory of a state: hidden [R,h], cell [R,h], the
/// features' means, momentum and squares, steps, and the coefficients u [B,p,3] of the last step; R = B
/// p.</remarks>
/// <param name="InputWeights">Weights of the LSTM inputs [4h,36].</param>
/// <param name="HiddenWeights">Weights of the LSTM hidden state [4h,h].</param>
/// <param name="InputBias">Bias of the inputs [4h].</param>
/// <param name="HiddenBias">Bias of the hidden state [4h].</param>
/// <param name="OutputWeights">Weights O of the linear layer [3,h].</param>
/// <param name="Reach">Largest coefficient, u = Reach tanh(O h); departs from the paper, where it is 1. Along a
/// direction of curvature lambda no step below 1/lambda is enough, and the network can infer lambda from S xi and
/// xi.</param>
public sealed record LearnedOptimizer(
    Tensor InputWeights, Tensor HiddenWeights, Tensor InputBias, Tensor HiddenBias, Tensor OutputWeights, double Reach = 1)
    : IGameSolver
{
    /// <summary>Number of hidden units h of the published optimizers.</summary>
    public const int PublishedHidden = 32;

    /// <summary>Name of the tensor that holds the reach, where it is not 1.</summary>
    public const string ReachName = "output.reach";

    private const int Gates = 4;

    private const int CoefficientsAt = 6;   // index in the memory of a state

    /// <summary>Number of hidden units h.</summary>
    public long Hidden => HiddenWeights.shape[1];

    /// <summary>Names and shapes of the five tensors for h hidden units, as in PyTorch's modules.</summary>
    public static IReadOnlyList<(string Name, long[] Shape)> Layout(long hidden) =>
    [
        ("recurs.weight_ih", [Gates * hidden, GradientFeatures.Inputs]),
        ("recurs.weight_hh", [Gates * hidden, hidden]),
        ("recurs.bias_ih", [Gates * hidden]),
        ("recurs.bias_hh", [Gates * hidden]),
        ("output.weight", [3, hidden]),
    ];

    /// <summary>Makes an optimizer from named weights; other names are ignored.</summary>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape; the message is one line.</exception>
    public static LearnedOptimizer Of(IReadOnlyDictionary<string, Tensor> weights)
    {
        var hidden = weights.TryGetValue("output.weight", out var output) && output.dim() == 2 ? output.shape[1] : PublishedHidden;
        return Of([.. Layout(hidden).Select(part => !weights.TryGetValue(part.Name, out var tensor)
            ? throw new InvalidDataException($"the weights are of another architecture: {part.Name} is missing")
            : tensor.shape.SequenceEqual(part.Shape) ? tensor : throw new InvalidDataException(
                $"the weights are of another architecture: {part.Name} has shape [{string.Join(',', tensor.shape)}], "
                    + $"not [{string.Join(',', part.Shape)}]"))]) with
        {
            Reach = weights.TryGetValue(ReachName, out var reach) ? reach.ToDouble() : 1,
        };
    }

    /// <summary>Makes an optimizer whose tensors are views of one flat vector theta [P], in the order of the layout.</summary>
    public static LearnedOptimizer Of(Tensor theta, long hidden, double reach = 1)
    {
        var at = 0L;
        return Of([.. Layout(hidden).Select(part =>
        {
            var length = part.Shape.Aggregate(1L, (product, size) => product * size);
            at += length;
            return theta.narrow(0, at - length, length).view(part.Shape);
        })]) with
        {
            Reach = reach,
        };
    }

    /// <summary>Returns the same optimizer with its weights as separate leaves, to differentiate by.</summary>
    internal LearnedOptimizer Leaves() => Of([.. Tensors.Select(Differentiation.Variable)]) with { Reach = Reach };

    /// <summary>Number of weights P for h hidden units.</summary>
    public static long Size(long hidden) =>
        Layout(hidden).Sum(part => part.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Returns the five tensors by name, and the reach where it is not 1.</summary>
    public IReadOnlyDictionary<string, Tensor> Named()
    {
        var named = Layout(Hidden).Zip(Tensors).ToDictionary(pair => pair.First.Name, pair => pair.Second, StringComparer.Ordinal);
        if (Reach != 1) named.Add(ReachName, tensor([Reach]));
        return named;
    }

    /// <summary>Converts the weights to another precision.</summary>
    public LearnedOptimizer To(ScalarType precision) => Of([.. Tensors.Select(tensor => tensor.to(precision))]) with { Reach = Reach };

    /// <inheritdoc/>
    public GameState Start(IGame game, Tensor w)
    {
        using var scope = NewDisposeScope();
        var (rows, precision) = (w.numel(), InputWeights.dtype);
        var features = GradientFeatures.Start(rows, precision);
        return GameState.From(
            scope, w.clone(), zeros(rows, Hidden, dtype: precision), zeros(rows, Hidden, dtype: precision),
            features.Means, features.Momentum, features.Square, tensor(0L), zeros(w.shape[0], w.shape[1], 3, dtype: w.dtype));
    }

    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var (move, memory) = Next(game, state);
        return GameState.From(scope, state.W - move, memory);
    }

    /// <summary>Computes the move n [B,p], w' = w - n, and the memory after it.</summary>
    internal (Tensor Move, IReadOnlyList<Tensor> Memory) Next(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var (hidden, cell) = (state.Memory[0], state.Memory[1]);
        var features = new GradientFeatures(
            state.Memory[2], state.Memory[3], state.Memory[4], state.Memory[5].ToInt64());
        var directions = game.At(state.W).Directions();
        var (seen, inputs) = features.After(directions.reshape(-1, 3).to(InputWeights.dtype));
        (hidden, cell) = Recur(inputs, hidden, cell, InputBias + HiddenBias);
        var u = Coefficients(hidden).to(state.W.dtype).reshape(directions.shape);
        Tensor[] memory = [hidden, cell, seen.Means, seen.Momentum, seen.Square, tensor(seen.Steps), u];
        return (scope.MoveToOuter(Move(u, directions)), [.. memory.Select(scope.MoveToOuter)]);
    }

    /// <summary>Coefficients u [B,p,3] of the step that led to a state of a learned optimizer.</summary>
    public static Tensor CoefficientsOf(GameState state) => state.Memory[CoefficientsAt];

    internal IReadOnlyList<Tensor> Tensors => [InputWeights, HiddenWeights, InputBias, HiddenBias, OutputWeights];

    /// <summary>Computes one step of the LSTM cell on inputs [R,36].</summary>
    internal (Tensor Hidden, Tensor Cell) Recur(Tensor inputs, Tensor hidden, Tensor cell, Tensor bias)
    {
        var gates = addmm(addmm(bias, inputs, InputWeights.t(), 1, 1), hidden, HiddenWeights.t(), 1, 1).chunk(Gates, 1);
        var next = (gates[1].sigmoid() * cell) + (gates[0].sigmoid() * gates[2].tanh());
        return (gates[3].sigmoid() * next.tanh(), next);
    }

    internal Tensor Coefficients(Tensor hidden)
    {
        var u = hidden.mm(OutputWeights.t()).tanh();
        return Reach == 1 ? u : Reach * u;
    }

    /// <summary>Computes the move u0 xi - u1 A^T xi - u2 S xi.</summary>
    internal static Tensor Move(Tensor u, Tensor directions)
    {
        var product = u * directions;
        return (2 * product.select(-1, 0)) - product.sum(dim: -1);
    }

    private static LearnedOptimizer Of(Tensor[] parts) => new(parts[0], parts[1], parts[2], parts[3], parts[4]);
}
