using Brink.Steering;

namespace Brink.Tests.Steering;

public sealed class RollBackAndCutTests
{
    [Theory]
    [InlineData(2.5), InlineData(20), InlineData(1e6)]
    public void Descent_beyond_the_edge_of_a_quadratic_ends_at_its_minimum(double etaLambda)
    {
        // L = x^2/2: the step multiplies x by 1 - m eta lambda, so that it is stable for m eta lambda < 2.
        var policy = new RollBackAndCut();
        static double Loss(double x) => x * x / 2;
        var (x, kept) = (1.0, 1.0);
        var state = policy.Start(Loss(x));
        for (var step = 0; step < 400; step++)
        {
            x -= state.Multiple * etaLambda * x;
            var (next, decision) = policy.Next(state, Loss(x));
            Assert.NotEqual(SteeringDecision.GiveUp, decision);
            if (decision == SteeringDecision.Undo) x = kept;
            (state, kept) = (next, x);
        }
        Assert.True(Loss(x) <= 0.2 * Loss(1) + 1e-12, $"loss {Loss(x)}");
        Assert.True(state.Multiple * etaLambda < 2.6, $"m eta lambda = {state.Multiple * etaLambda}");
    }

    [Theory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_not_a_number_is_undone_and_cuts_the_rate(double loss)
    {
        var policy = new RollBackAndCut(Cut: 0.25);
        var (state, decision) = policy.Next(policy.Start(1), loss);
        Assert.Equal((SteeringDecision.Undo, 0.25, 1), (decision, state.Multiple, state.Repeats));
        Assert.Equal([1.0], state.Recent);
    }

    [Fact]
    public void A_burst_below_a_fifth_of_the_first_loss_is_accepted_and_a_larger_one_is_not()
    {
        var policy = new RollBackAndCut();
        var state = policy.Next(policy.Start(10), 1).State;
        Assert.Equal(3, policy.Threshold(state), 12);   // 1 + max(20 % of 1, 20 % of 10)
        Assert.Equal(SteeringDecision.Accept, policy.Next(state, 2.99).Decision);
        Assert.Equal(SteeringDecision.Undo, policy.Next(state, 3.01).Decision);
    }

    [Fact]
    public void The_rate_recovers_to_the_first_one_and_no_further()
    {
        var policy = new RollBackAndCut();
        var state = policy.Next(policy.Start(1), 5).State;
        Assert.Equal(0.7, state.Multiple);
        state = policy.Next(state, 0.9).State;
        Assert.Equal(0.7 * 1.02, state.Multiple, 12);
        for (var i = 0; i < 100; i++) state = policy.Next(state, 0.9).State;
        Assert.Equal(1, state.Multiple);
    }

    [Fact]
    public void A_growing_rate_recovers_slowly_after_its_first_cut_and_may_exceed_the_first_rate()
    {
        var policy = new RollBackAndCut(Growth: 1.1);
        var state = policy.Start(1);
        for (var i = 0; i < 20; i++) state = policy.Next(state, 0.9).State;
        Assert.Equal(Math.Pow(1.1, 20), state.Multiple, 9);
        var cut = 0.7 * state.Multiple;
        state = policy.Next(state, 9).State;
        Assert.Equal(cut, state.Multiple, 9);
        for (var i = 0; i < 40; i++) state = policy.Next(state, 0.9).State;
        Assert.Equal(cut * Math.Pow(1.02, 40), state.Multiple, 9);
    }

    [Fact]
    public void Noise_of_small_batches_is_accepted_and_a_jump_out_of_it_is_not()
    {
        var policy = RollBackAndCut.ForSmallBatches with { Spreads = 6 };
        var random = new Random(1);
        var state = policy.Start(1);
        for (var i = 0; i < 500; i++)
        {
            var noise = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
            var (next, decision) = policy.Next(state, 1 + (0.05 * noise));
            Assert.Equal(SteeringDecision.Accept, decision);
            state = next;
        }
        // Six standard deviations above the lowest median.
        Assert.InRange(policy.Threshold(state), 1.08, 1.5);
        Assert.Equal(SteeringDecision.Undo, policy.Next(state, 1.6).Decision);
    }

    [Fact]
    public void A_training_on_small_batches_that_gets_lost_slowly_is_stopped_at_its_lowest_median()
    {
        var policy = RollBackAndCut.ForSmallBatches;
        var state = policy.Start(1);
        var (loss, undone) = (1.0, 0);
        for (var i = 0; i < 400; i++)
        {
            // 2 % worse at each step of the full rate: below the noise, and 2,700 times worse in all.
            var next = policy.Next(state, loss * (1 + (0.02 * state.Multiple)));
            if (next.Decision == SteeringDecision.Accept) loss *= 1 + (0.02 * state.Multiple);
            else undone++;
            state = next.State;
        }
        Assert.InRange(loss, 1, policy.Threshold(state));
        Assert.True(undone > 5, $"{undone} undone");
        Assert.InRange(policy.Threshold(state), 1, 1.2);
    }

    [Fact]
    public void It_gives_up_where_no_rate_helps()
    {
        var policy = new RollBackAndCut(MostRepeats: 3);
        var state = policy.Start(1);
        var decisions = new List<SteeringDecision>();
        for (var i = 0; i < 4; i++)
        {
            var (next, decision) = policy.Next(state, 2);
            decisions.Add(decision);
            state = next;
        }
        Assert.Equal([SteeringDecision.Undo, SteeringDecision.Undo, SteeringDecision.Undo, SteeringDecision.GiveUp], decisions);
    }

    [Fact]
    public void Wrong_parameters_and_a_first_loss_that_is_not_a_number_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RollBackAndCut().Start(double.NaN));
        RollBackAndCut[] outside =
            [new(Cut: 1), new(Cut: 0), new(Recovery: 0.9), new(Tolerance: 0), new(Window: 0), new(Growth: 0.9), new(Spreads: -1)];
        foreach (var wrong in outside)
            Assert.Throws<ArgumentOutOfRangeException>(() => wrong.Start(1));
    }
}
