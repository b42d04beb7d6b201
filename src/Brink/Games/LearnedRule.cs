namespace Brink.Games;

/// <summary>Consensus optimisation with RMSProp whose step sizes, schedule, strength, decay and power are learned: with
/// n = xi + c J^T xi and v' = b v + (1 - b) n^2, a tensor of parameters moves by -eta n/sqrt(u) (r/sqrt(u))^p, where u = v'/(1 - b^(t+1))
/// corrects the bias and r^2 is the mean of u over the tensor.</summary>
/// <remarks>
/// <para>log eta = log step + s1 tau + s2 (tau^2 - 1/3) + s3 log(1 - t/T + 0.02), with tau = 2t/T - 1; after the horizon T the
/// step size stays as it is there. With p = 0 the move is RMSProp's, with p = -1 the steps of a tensor are equal.</para>
/// <para>Each game may have numbers of its own, so that many rules are evaluated together. Memory: v [B,p], number of steps
/// [B,1].</para>
/// </remarks>
/// <param name="Theta">Numbers [q], or for each game [B,q], as <see cref="RuleLayout"/> says.</param>
/// <param name="Parts">Parts of the parameters.</param>
/// <param name="Horizon">Steps T of the schedule.</param>
public sealed record LearnedRule(Tensor Theta, IReadOnlyList<RulePart> Parts, double Horizon) : IGameSolver
{
    private const double Epsilon = 1e-8;   // as in RMSProp; under the root

    // Keeps the logarithm of the schedule finite at t = T.
    private const double Rest = 0.02;

    /// <inheritdoc/>
    public GameState Start(IGame game, Tensor w)
    {
        using var scope = NewDisposeScope();
        return GameState.From(scope, w.clone(), zeros_like(w), zeros(w.shape[0], 1, dtype: w.dtype));
    }

    /// <inheritdoc/>
    public GameState Step(IGame game, GameState state)
    {
        using var scope = NewDisposeScope();
        var (w, v, t) = (state.W, state.Memory[0], state.Memory[1]);
        var theta = (Theta.dim() == 1 ? Theta.unsqueeze(0) : Theta).to(w.dtype);
        var layout = RuleLayout.Of(Parts);
        var part = Spread();
        var players = OfParts(theta, [.. Parts.Select(one => one.Player)], layout);

        var point = game.At(w);
        var n = point.Xi + (Over(players[3].exp()) * point.TransposeTimes(point.Xi));
        var b = players[4].sigmoid();
        var decay = Over(b);
        var square = (decay * v) + ((1 - decay) * n.square());

        // u = v'/(1 - b^(t+1)); the factor of a part is eta r^p.
        var correction = 1 / (1 - b.pow(t + 1));
        var means = cat([.. square.split([.. Parts.Select(one => one.Length)], 1).Select(one => one.mean([1], keepdim: true))], 1);
        var factor = (LogSteps(theta, players, t) + (players[5] / 2 * ((means * correction) + Epsilon).log())).exp();
        var power = -(1 + players[5]) / 2;
        var move = Over(factor) * n * (Over(power) * ((square * Over(correction)) + Epsilon).log()).exp();
        return GameState.From(scope, w - move, square, t + 1);

        // A number of each part, for each parameter.
        Tensor Over(Tensor ofParts) => ofParts.index_select(1, part);
    }

    // log eta of each part.
    private Tensor LogSteps(Tensor theta, IReadOnlyList<Tensor> players, Tensor t)
    {
        var played = (t / Horizon).clamp_max(1);
        var tau = (2 * played) - 1;
        return theta.index_select(1, tensor(Parts.Select(one => (long)one.Group).ToArray()))
            + (players[0] * tau) + (players[1] * (tau.square() - (1.0 / 3))) + (players[2] * (1 - played + Rest).log());
    }

    // The numbers of the players, for each part.
    private static IReadOnlyList<Tensor> OfParts(Tensor theta, int[] players, RuleLayout layout) =>
    [
        .. Enumerable.Range(0, 6).Select(number =>
        {
            var places = layout.Places(number).ToArray();
            return theta.index_select(1, tensor(players.Select(player => places[player]).ToArray()));
        }),
    ];

    // The part of each parameter.
    private Tensor Spread() => tensor(Parts.Index().SelectMany(one => Enumerable.Repeat((long)one.Index, (int)one.Item.Length)).ToArray());
}
