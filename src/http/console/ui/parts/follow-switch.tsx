/** Whether the chart opens where the actor goes; any other view ends that. */
export const FollowSwitch = ({ on, onChange }: { on: boolean; onChange: () => void }) => (
  <button
    type="button"
    class="chip plain"
    aria-pressed={on}
    title="Open the part of the chart that the actor is in"
    onClick={onChange}
  >
    follow
  </button>
)
